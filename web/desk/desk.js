/** The agent's desk: what the softphone tells is drawn, what a hand does is told to the softphone. */

import { byId } from "../shared/dom.js";
import { drawWho, frame, prepare } from "../shared/frame.js";
import { t } from "../shared/i18n.js";
import { typing } from "../shared/keys.js";
import { configure, idToken, renew, signInAgain } from "../shared/session.js";
import { askToSignIn } from "../shared/sign-in.js";
import { openSoftphone } from "../shared/softphone/softphone.js";
import { PATIENCE } from "../shared/states.js";
import { Account } from "./account.js";
import { Acting } from "./acting.js";
import { announce } from "./announce.js";
import { ACTS, Bar } from "./bar.js";
import { Before } from "./before.js";
import { Middle } from "./contact.js";
import { Entries } from "./entries.js";
import { call, ordered, ringing, situation, title } from "./hands.js";
import { Identity, names } from "./identity.js";
import { drawInstead } from "./instead.js";
import { List, listToCome } from "./list.js";
import { Marks } from "./marks.js";
import { forgetOldNotes } from "./notes.js";
import { Notice } from "./notice.js";
import { Person } from "./person.js";
import { Ringer } from "./ringer.js";
import { now, setAhead, startTicking } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Seen} Seen
 * @typedef {import("./marks.js").Mark} Mark
 */

const DENSITY = "tsunagu.density";
// A second refusal this soon means that renewing the token does not help: a person has to sign in.
const SOON = 30_000; // milliseconds

const config = await prepare();
const phone = openSoftphone(config.softphone, idToken);

/** @type {Seen} */
let seen = { line: "opening", why: "", agent: null, ahead: 0 };
let renewedAt = 0;

const before = new Before();
const notice = new Notice(() => drawBar());
// What is over is told once the desk knows the rest of the news.
const entries = new Entries(now, (id) => queueMicrotask(() => void identity.entered(id)));
// The bar first: its buttons are where the lists of `acting` open.
const bar = new Bar({ act: (name) => acting.act(name), state: () => acting.chooseState(), mark });
const acting = new Acting(phone, { seen: () => seen, chosen: () => before.chosen, choose, changed: () => drawBar() }, notice, entries);
const list = new List(choose);
const middle = new Middle({ act: (name, held) => void acting.perform(name, held), dial: (number) => acting.dial(number), close: (held) => void acting.closeCall(held) }, config.zone);
const person = new Person(config.zone);
const identity = new Identity(() => draw(), now);
const account = new Account(identity, { key: keyCard, undo: notThisCustomer, aloud: (text) => notice.aloud(text) });
const ringer = new Ringer();
const marks = new Marks((said) => {
  if (said) notice.aloud(marks.sentence(said));
  drawBar();
}, now);

/** Puts a contact before the agent. @param {string} id */
function choose(id) {
  before.choose(id);
  draw();
}

/** @param {number} place */
function chooseAt(place) {
  const held = seen.agent && ordered(seen.agent.contacts)[place];
  if (held) choose(held.id);
}

/** @param {Mark} name */
function mark(name) {
  if (marks.of(name)?.state === "pending") {
    takeMarkBack(name);
    return;
  }
  const held = seen.agent && marks.about(seen.agent, before.chosen);
  if (!held || ["sending", "sent"].includes(marks.of(name)?.state ?? "")) {
    notice.tell(t("impossible", { act: t(`mark.${name}`) }));
    return;
  }
  if (name === "harassment") {
    middle.beginScript(held.id);
    choose(held.id);
  }
  marks.begin(name, held.id);
}

/** @param {Mark} [name] */
function takeMarkBack(name) {
  const about = name ? marks.of(name) : marks.latest();
  const back = marks.takeBack(name);
  if (!back) {
    notice.tell(t("back.nothing"));
    return;
  }
  if (back === "harassment" && about) middle.takeScriptBack(about.contact);
  draw();
  notice.tell(t(`marked.${back}.back`));
}

function takeBack() {
  if (identity.takeBack()) notice.tell(t("account.undoing.back"));
  else takeMarkBack();
}

function keyCard() {
  void acting.keyCard((id) => {
    const { answer } = identity.of(id);
    return answer && names(answer) ? answer.accounts.map((one) => one.account_id).join(", ") : null;
  });
}

/** Says that the customer is somebody else; pressed again, takes that back. */
function notThisCustomer() {
  const held = seen.agent && before.held(seen.agent);
  if (held && identity.takeBack(held.id)) notice.tell(t("account.undoing.back"));
  else if (held && names(identity.of(held.id).answer) && identity.of(held.id).outcome !== "undoing") identity.beginUndo(held.id);
  else notice.tell(t("impossible", { act: t("account.not-this") }));
}

/** @param {Seen} news */
function told(news) {
  const was = seen;
  setAhead(news.ahead);
  seen = { ...news, agent: news.agent && entries.follow(news.agent) };
  if (seen.line === "refused" && seen.why === "token" && was.line !== "refused") void signedOut();
  if (seen.agent) ringer.follow(seen.agent.id);
  before.follow(seen.agent, was.agent);
  announce(seen, was, (text) => notice.aloud(text));
  if (was.line === "lost" && seen.line === "open") notice.tell(t("line.back"));
  draw();
}

/** The centre does not accept who we say we are: first a fresh token, then a person. */
async function signedOut() {
  const isAgain = Date.now() - renewedAt < SOON;
  renewedAt = Date.now();
  try {
    await (isAgain ? signInAgain() : renew());
  } catch {
    // Without the sign-in service nobody can; the line's own pauses are long enough to try again.
  }
  phone.open();
}

function drawBar() {
  bar.draw(seen, before.chosen, (name, held) => acting.isUnderway(name, held));
  bar.drawMarks(marks, seen.agent, before.chosen);
  bar.drawWord(seen, notice.text);
}

function drawTitle() {
  const { agent } = seen;
  const rings = agent && ringing(agent);
  const talks = agent && call(agent);
  const about = rings ? `▲ ${t("situation.ringing")} · ${title(rings)} · ` : talks ? `${t(`situation.${situation(talks)}`)} · ` : "";
  const text = about + t("desk.page");
  if (document.title !== text) document.title = text;
}

function draw() {
  drawBar();
  drawTitle();
  drawWho();
  drawInstead(seen, { leave: () => void leave(), again: () => phone.open() });
  byId("density").title = `${t("key.density")} (y)`;
  byId("notify").hidden = !ringer.mayAsk;
  byId("notify").title = `${t("key.notify")} (b)`;
  const { agent } = seen;
  ringer.ring(agent && seen.line === "open" ? ringing(agent) : null);
  if (!agent) return;
  const held = before.held(agent);
  list.draw(agent, before.chosen);
  middle.draw(agent, held);
  person.draw(held);
  account.draw(agent, held);
}

function switchDensity() {
  const isCompact = document.documentElement.dataset.density === "compact";
  document.documentElement.dataset.density = isCompact ? "" : "compact";
  if (isCompact) localStorage.removeItem(DENSITY);
  else localStorage.setItem(DENSITY, "compact");
}

async function askForNotifications() {
  await ringer.ask();
  draw();
}

/** The centre is told first: an agent who only closes the page would still be offered calls. */
async function leaving() {
  if (seen.line !== "refused" && !(await acting.command(t("signout"), "signOut", () => phone.signOut()))) return false;
  await phone.close();
  return true;
}

byId("work").addEventListener("focusout", (event) => {
  if (!before.parting || !(event.target instanceof HTMLTextAreaElement)) return;
  // Only after the focus has moved is it known that nobody writes any more.
  setTimeout(() => {
    before.follow(seen.agent, seen.agent);
    draw();
  });
});

/** @param {string} id */
const focus = (id) => document.getElementById(id)?.focus();

/** @param {string} id @param {string} name of what the field is for */
function goTo(id, name) {
  if (document.getElementById(id)?.checkVisibility()) focus(id);
  else notice.tell(t("impossible", { act: t(name) }));
}

const keys = [
  { key: "s", message: "key.state", act: () => acting.chooseState() },
  ...ACTS.map(([name, key]) => ({ key, message: `key.${name}`, act: () => acting.act(name) })),
  { key: "c", message: "key.help-me", act: () => mark("help") },
  { key: "i", message: "key.harassment", act: () => mark("harassment") },
  { key: "z", message: "key.back", act: takeBack },
  { key: "K", message: "key.close", act: () => (document.getElementById("script-close")?.checkVisibility() ? document.getElementById("script-close")?.click() : notice.tell(t("impossible", { act: t("script.flow") }))) },
  { key: "p", message: "key.card", act: keyCard },
  { key: "v", message: "key.check", act: () => goTo("check-said", "check.title") },
  { key: "u", message: "key.not-this", act: notThisCustomer },
  { key: "n", message: "key.notes", act: () => goTo("notes", "notes.title") },
  { key: "d", message: "key.dial", act: () => goTo("number", "dial.title") },
  ...Array.from({ length: 9 }, (_, place) => ({ key: String(place + 1), message: "key.choose", act: () => chooseAt(place) })),
  { key: "b", message: "key.notify", act: () => void askForNotifications() },
  { key: "y", message: "key.density", act: switchDensity },
];

document.documentElement.dataset.density = localStorage.getItem(DENSITY) ?? "";
const { drawAll, leave } = frame({ title: "desk.page", keys, draw, leaving });
byId("density").addEventListener("click", switchDensity);
byId("notify").addEventListener("click", () => void askForNotifications());
document.addEventListener("keydown", (event) => {
  // The topmost thing is what one writes in; after it, the bar's keys work again.
  if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog:modal") && typing(event.target)) /** @type {HTMLElement} */ (event.target).blur();
});

configure(config.cognito, () => askToSignIn(seen.agent !== null));
forgetOldNotes();
drawAll();
setTimeout(() => !seen.agent && seen.line === "opening" && listToCome(), PATIENCE);
startTicking();
phone.watch(told);
phone.open();
