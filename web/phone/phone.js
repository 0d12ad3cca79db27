/** A caller's telephone: says what the voice says, takes keys, and tells in words how the call stands. */

import { byId, el, say } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { PATIENCE } from "../shared/states.js";
import { prepare, surround } from "../shared/surroundings.js";
import { Line } from "./line.js";
import { drawNumbers } from "./numbers.js";
import { Own } from "./own.js";
import { Pad } from "./pad.js";
import { keysNamed, piecesOf } from "./prompts.js";
import { keepNumber, ownNumber } from "./telephone.js";
import { KEYS, Tones } from "./tones.js";
import { Transcript } from "./transcript.js";
import { Voice } from "./voice.js";
import { readinessInWords, sinceInWords, stateInWords } from "./words.js";

/**
 * @typedef {import("./line.js").Call} Call
 * @typedef {import("./line.js").Claimed} Claimed
 * @typedef {import("./line.js").Heard} Heard
 */

const TICK = 1_000; // milliseconds

const config = await prepare();
const zone = config.zone;
const number = ownNumber();

/** @type {Call | null} */
let call = null;
/** @type {Claimed[] | null} */
let numbers = null;
/** What the voice waits for: any key, but these it has named. @type {Set<string> | null} */
let expected = null;
/** Whether what is keyed now is encrypted, and nobody may see which keys. */
let secret = false;
/** What the exchange would not do. */
let problem = "";
/** Whether the exchange has yet to say how the call stands, after the line was gone. */
let unsure = false;
let waitedLong = false;

const pad = new Pad(byId("pad"), byId("hint"), press);
const voice = new Voice();
const tones = new Tones();
const transcript = new Transcript(byId("transcript"), zone, () => numbers ?? []);
const own = new Own(
  byId("own"),
  number,
  (chosen) => {
    keepNumber(chosen);
    call = null;
    line.have(chosen);
  },
  (typed) => numbers?.some((one) => one.number === typed) ?? false,
);
const line = new Line(config.phone?.path ?? "/connect/phone", {
  state(state) {
    if (state === "lost" || state === "busy") unsure = call !== null;
    // What cannot be answered does not ring.
    if (state !== "open") tones.ring(false);
    draw();
  },
  numbers(said) {
    numbers = said;
    draw();
  },
  call: callChanged,
  heard,
  problem(sentence) {
    problem = sentence;
    draw();
  },
});

/** A call that is or may be. */
const inCall = () => call !== null && call.stage !== "over";

/** @param {Call | null} said */
function callChanged(said) {
  if (unsure && inCall() && said?.id !== call?.id) transcript.lose();
  if (said && said.id !== call?.id) {
    transcript.begin(said);
    expected = null;
  }
  if (!said || said.stage !== call?.stage) problem = "";
  if (!said || said.stage === "over") expected = null;
  if (!expected) secret = false;
  unsure = false;
  call = said;
  tones.ring(said?.stage === "ringing");
  draw();
}

/** @param {Heard} said */
function heard(said) {
  const pieces = said.text.flatMap(piecesOf);
  transcript.hear(said);
  expected = said.keys ? keysNamed(pieces) : null;
  secret = said.keys && said.secret;
  // Music that begins does not cut the voice short, and a good-bye is heard to its end.
  if (pieces.length) void voice.read(pieces);
  else if (said.kind === "agent" || said.kind === "third_party") voice.hush();
  draw();
}

/** A key goes to the exchange and nowhere else: it may be part of a secret. @param {string} key */
function press(key) {
  if (!canPress() || !line.send({ do: "press", keys: key })) return;
  voice.hush();
  tones.press(key);
  if (!secret) pad.flash(key);
  problem = "";
  drawTrouble();
}

const canPress = () => line.state === "open" && inCall() && call?.stage !== "ringing";

/** @param {string} to */
function dial(to) {
  if (!inCall()) line.send({ do: "call", to });
}

function hangUp() {
  if (!canPress()) return;
  voice.hush();
  line.send({ do: "hangUp" });
}

/** @param {"answer" | "decline"} choice */
function pickUp(choice) {
  if (call?.stage === "ringing" && line.send({ do: choice })) tones.ring(false);
}

function draw() {
  const stage = call?.stage ?? "idle";
  own.lock(inCall());
  drawTrouble();
  byId("state").dataset.stage = stage;
  say(byId("words"), call ? stateInWords(call, expected !== null, numbers ?? []) : readinessInWords(line.state, numbers));
  document.title = stage === "ringing" ? `${t("title.rings")} · ${t("phone.page")}` : t("phone.page");
  tick();
  drawList();
  pad.draw(canPress(), expected, secret, inCall() && line.state !== "open" ? "hint.lost" : "hint.none");
  drawActs();
  drawSwitch("voice", voice.isOn, "v");
  drawSwitch("tones", tones.isOn, "s");
  /** @type {HTMLButtonElement} */ (byId("voice")).disabled = !voice.isPossible;
  if (!voice.isPossible) byId("voice").title = t("voice.none");
}

function tick() {
  say(byId("since"), call ? sinceInWords(call, new Date(), zone) : t("since.idle"));
}

function drawTrouble() {
  const place = byId("trouble");
  const state = line.state;
  // A line that never was is told where the numbers would stand.
  const silent = state === "opening" || state === "open" || numbers === null;
  const sentence = silent ? problem : t(state === "busy" ? "trouble.busy" : inCall() ? "trouble.lost.call" : "trouble.lost");
  place.hidden = !sentence;
  if (place.firstChild?.textContent !== sentence) place.replaceChildren(sentence);
  const isBusy = !silent && state === "busy";
  if (isBusy && !place.querySelector("button")) place.append(el("button", { onclick: () => own.another() }, t("busy.another")));
}

function drawList() {
  const place = byId("numbers");
  place.hidden = inCall();
  drawNumbers(place, numbers, line.state, waitedLong, { dial, retry: () => line.retry() });
}

/** @typedef {[id: string, key: string, look: string, act: () => void]} Act */

/** @returns {Act[]} */
function acts() {
  if (call?.stage === "ringing") return [["answer", "a", "primary", () => pickUp("answer")], ["decline", "d", "strong", () => pickUp("decline")]];
  return inCall() ? [["hang-up", "h", "strong", hangUp]] : [];
}

function drawActs() {
  const place = byId("acts");
  const wanted = acts();
  const held = place.contains(document.activeElement);
  const there = [...place.children].map((one) => one.id).join();
  if (there !== wanted.map(([id]) => id).join()) {
    place.replaceChildren(...wanted.map(([id, , look, act]) => el("button", { id, class: look, onclick: act })));
    // What had the focus is gone: it goes to what is new, and not to a button that would act on a second Enter.
    if (held) byId("state").focus();
  }
  for (const [id, key] of wanted) {
    const button = /** @type {HTMLButtonElement} */ (byId(id));
    say(button, t(`act.${id}`));
    button.title = t("choice.key", { key });
    button.disabled = line.state !== "open";
  }
}

/** @param {string} id @param {boolean} isOn @param {string} key */
function drawSwitch(id, isOn, key) {
  const button = byId(id);
  say(button, t(isOn ? `${id}.on` : `${id}.off`));
  button.setAttribute("aria-pressed", String(isOn));
  button.title = t("choice.key", { key });
}

function toggleVoice() {
  voice.toggle();
  draw();
}

function toggleTones() {
  tones.toggle();
  draw();
}

const drawAll = surround({
  title: "phone.page",
  keys: [
    ...KEYS.map((key) => ({ key, message: "key.press", act: () => press(key) })),
    { key: "c", message: "key.call", act: () => /** @type {HTMLElement | null} */ (document.querySelector("#numbers:not([hidden]) .numbers button"))?.focus() },
    { key: "a", message: "key.answer", act: () => pickUp("answer") },
    { key: "d", message: "key.decline", act: () => pickUp("decline") },
    { key: "h", message: "key.hang-up", act: hangUp },
    { key: "v", message: "key.voice", act: toggleVoice },
    { key: "s", message: "key.tones", act: toggleTones },
  ],
  draw() {
    own.draw();
    transcript.draw();
    draw();
  },
});
byId("voice").addEventListener("click", toggleVoice);
byId("tones").addEventListener("click", toggleTones);
drawAll();
line.have(number);
setInterval(tick, TICK);
setTimeout(() => {
  waitedLong = true;
  drawList();
}, PATIENCE);
