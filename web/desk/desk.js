/** The agent's desk: what the softphone tells is drawn, what a hand does is told to the softphone. */

import { byId, el, say } from "../shared/dom.js";
import { drawWho, frame, prepare } from "../shared/frame.js";
import { language, t, word } from "../shared/i18n.js";
import { typing } from "../shared/keys.js";
import { configure, idToken, renew, signInAgain, who } from "../shared/session.js";
import { askToSignIn } from "../shared/sign-in.js";
import { SoftphoneProblem, openSoftphone } from "../shared/softphone/softphone.js";
import { PATIENCE } from "../shared/states.js";
import { ACTS, Bar, STATUS_MARKS, actMessage } from "./bar.js";
import { Chooser } from "./chooser.js";
import { Middle } from "./contact.js";
import { call, closing, ordered, ringing, situation, target, title } from "./hands.js";
import { icon } from "./icons.js";
import { List, listToCome } from "./list.js";
import { Marks } from "./marks.js";
import { forgetOldNotes } from "./notes.js";
import { Person } from "./person.js";
import { Ringer } from "./ringer.js";
import { now, setAhead, startTicking } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Held} Held
 * @typedef {import("../shared/softphone/softphone.js").Seen} Seen
 * @typedef {import("./hands.js").Act} Act
 * @typedef {import("./marks.js").Mark} Mark
 */

const STAYS = 12_000; // milliseconds that a notice stays
const DENSITY = "tsunagu.density";
// A second refusal this soon means that renewing the token does not help: a person has to sign in.
const SOON = 30_000; // milliseconds

const config = await prepare();
const phone = openSoftphone(config.softphone, idToken);

/** @type {Seen} */
let seen = { line: "opening", why: "", agent: null, ahead: 0 };
/** What the agent has before them. @type {string | null} */
let chosen = null;
/** A contact that left while somebody was writing notes on it: it stays before them until they stop. @type {Held | null} */
let parting = null;
/** Acts that have not been answered yet. @type {Set<string>} */
const underway = new Set();
let notice = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let noticeEnds;
let renewedAt = 0;

const bar = new Bar({ act, state: chooseState, mark });
const states = new Chooser(byId("me"), byId("state"));
const destinations = new Chooser(byId("acts"), byId("act-transfer"));
const list = new List(choose);
const middle = new Middle({ act: (name, held) => void perform(name, held), dial, close: (held) => void closeCall(held) }, config.zone);
const person = new Person(config.zone);
const ringer = new Ringer();
const marks = new Marks((said) => {
  if (said) aloud(marks.sentence(said));
  drawBar();
}, now);

/** @param {string} text */
function aloud(text) {
  say(byId("aloud"), text);
}

/** Says in the bar what did not go as somebody wished. @param {string} text */
function tell(text) {
  notice = text;
  aloud(text);
  clearTimeout(noticeEnds);
  noticeEnds = setTimeout(() => {
    notice = "";
    drawBar();
  }, STAYS);
  drawBar();
}

/** Sends a command, once however often it is pressed before the answer, and says what became of it if that is nothing.
 * @param {string} name what people call it @param {string} key which command this is @param {() => Promise<void>} command @returns {Promise<boolean>} */
async function command(name, key, command) {
  if (underway.has(key)) return false;
  const wasOpen = seen.line === "open";
  underway.add(key);
  drawBar();
  try {
    await command();
    return true;
  } catch (problem) {
    if (!(problem instanceof SoftphoneProblem)) throw problem;
    if (problem.kind === "refused") tell(t("refused", { act: name, why: problem.message }));
    else tell(t(wasOpen ? "lost.perhaps" : "lost.unsent", { act: name }));
    return false;
  } finally {
    underway.delete(key);
    drawBar();
  }
}

/** @param {Act} name @param {Held} held */
const keyOf = (name, held) => `${name}/${held.id}`;

/** @param {Act} name @param {Held} held */
function perform(name, held) {
  /** @type {Record<Exclude<Act, "transfer">, () => Promise<void>>} */
  const commands = {
    accept: () => phone.accept(held.id),
    reject: () => phone.reject(held.id),
    mute: () => (held.muted ? phone.unmute(held.id) : phone.mute(held.id)),
    hold: () => (held.held ? phone.resume(held.id) : phone.hold(held.id)),
    conference: () => (held.supervision === "listening" ? phone.barge(held.id) : phone.conference(held.id)),
    leave: () => phone.leave(held.id),
    end: () => (held.supervision ? phone.stopListening(held.id) : phone.end(held.id)),
    closeWork: () => phone.closeWork(held.id),
  };
  if (name === "transfer") {
    chooseDestination(held);
    return Promise.resolve(true);
  }
  if (name === "accept") choose(held.id);
  return command(t(actMessage(name, held)), keyOf(name, held), commands[name]);
}

/** What a button or a key of the bar asks for. @param {Act} name */
function act(name) {
  const { agent } = seen;
  const held = agent && target(name, agent, chosen);
  if (held) void perform(name, held);
  else tell(t(seen.line === "open" ? "impossible" : "lost.unsent", { act: t(actMessage(name, agent && call(agent))) }));
}

function chooseState() {
  const { agent } = seen;
  if (!agent) return;
  if (states.isOpen) {
    states.close();
    return;
  }
  states.open({
    title: "state.title",
    empty: "state.none",
    filter: false,
    choices: agent.statuses.map((status) => ({
      id: status.id,
      label: word("status", status.name),
      note: status.id === agent.status.id ? t("state.now") : status.id === agent.next?.id ? t("state.after") : "",
      mark: el("span", { class: "mark", "aria-hidden": "true", "data-type": status.type }, STATUS_MARKS[status.type]),
      current: status.id === (agent.next ?? agent.status).id,
    })),
    chosen: (id) => void command(t("key.state"), "setStatus", () => phone.setStatus(id)),
  });
}

/** @param {Held} held */
function chooseDestination(held) {
  const { agent } = seen;
  if (!agent) return;
  if (destinations.isOpen) {
    destinations.close();
    return;
  }
  destinations.open({
    title: "transfer.title",
    empty: "transfer.none",
    filter: true,
    choices: agent.destinations.map(({ id, name, type }) => ({ id, label: name, note: t(`destination.${type}`), mark: icon(type), current: false })),
    chosen: (id) => void command(t("act.transfer"), keyOf("transfer", held), () => phone.transfer(held.id, id)),
  });
}

/** @param {string} number @returns {Promise<boolean>} */
async function dial(number) {
  return command(t("dial.do"), "dial", () => phone.dial(number));
}

/** Ends a harassing call: by the closing announcement where there is one. @param {Held} held */
async function closeCall(held) {
  const to = seen.agent && closing(seen.agent);
  if (!to) {
    await perform("end", held);
    return;
  }
  const sent = await command(t("script.flow"), `close/${held.id}`, () => phone.transfer(held.id, to.id));
  if (sent) await command(t("act.leave"), keyOf("leave", held), () => phone.leave(held.id));
}

/** Puts a contact before the agent. @param {string} id */
function choose(id) {
  chosen = id;
  parting = null;
  draw();
}

/** @param {Mark} name */
function mark(name) {
  if (marks.of(name)?.state === "pending") {
    takeBack(name);
    return;
  }
  const held = seen.agent && marks.about(seen.agent, chosen);
  if (!held || ["sending", "sent"].includes(marks.of(name)?.state ?? "")) {
    tell(t("impossible", { act: t(`mark.${name}`) }));
    return;
  }
  if (name === "harassment") {
    middle.beginScript(held.id);
    choose(held.id);
  }
  marks.begin(name, held.id);
}

/** @param {Mark} [name] */
function takeBack(name) {
  const about = name ? marks.of(name) : marks.latest();
  const back = marks.takeBack(name);
  if (!back) {
    tell(t("back.nothing"));
    return;
  }
  if (back === "harassment" && about) middle.takeScriptBack(about.contact);
  draw();
  tell(t(`marked.${back}.back`));
}

/** @param {number} place */
function chooseAt(place) {
  const held = seen.agent && ordered(seen.agent.contacts)[place];
  if (held) choose(held.id);
}

/** Which contact is before the agent now: what they chose; else what came to be theirs. Nothing changes under the hands of who writes.
 * @param {Seen} before */
function follow(before) {
  const contacts = seen.agent?.contacts ?? [];
  const was = (/** @type {string} */ id) => before.agent?.contacts.find((held) => held.id === id);
  const begun = contacts.find((held) => held.state === "connected" && was(held.id) && was(held.id)?.state !== "connected");
  const writing = typing(document.activeElement) && byId("work").contains(document.activeElement);
  if (begun && !writing) chosen = begun.id;
  if (contacts.some(({ id }) => id === chosen)) {
    parting = null;
    return;
  }
  parting = document.activeElement?.id === "notes" ? (parting ?? was(chosen ?? "") ?? null) : null;
  if (parting) return;
  const next = ordered(contacts)[0]?.id ?? null;
  // A number that is being typed stays until its writer turns to the contact.
  if (!writing || chosen !== null) chosen = next;
}

/** Tells screen readers what is new, in a sentence. @param {Seen} before */
function announce(before) {
  const { agent } = seen;
  const rings = agent && ringing(agent);
  const alarm = byId("alarm");
  if (rings) say(alarm, t("aloud.ringing", { who: title(rings), queue: rings.queue?.name ?? word("channel", rings.channel) }));
  else say(alarm, "");
  if (before.line !== seen.line && (seen.line === "lost" || before.line === "lost")) aloud(t(seen.line === "lost" ? (agent && call(agent) ? "line.lost.call" : "line.lost") : "line.back"));
  if (!agent || !before.agent) return;
  if (agent.status.id !== before.agent.status.id) aloud(t("aloud.status", { name: word("status", agent.status.name) }));
  else if (agent.next && agent.next.id !== before.agent.next?.id) aloud(t("state.next", { name: word("status", agent.next.name) }));
  for (const held of agent.contacts) {
    const old = before.agent.contacts.find(({ id }) => id === held.id);
    if (old && situation(old) !== situation(held)) aloud(`${t(`situation.${situation(held)}`)}: ${title(held)}`);
    if (old && old.muted !== held.muted) aloud(t(held.muted ? "tag.muted" : "aloud.unmuted"));
  }
}

/** @param {Seen} news */
function told(news) {
  const before = seen;
  seen = news;
  setAhead(news.ahead);
  if (news.line === "refused" && news.why === "token" && before.line !== "refused") void signedOut();
  if (news.agent) ringer.follow(news.agent.id);
  follow(before);
  announce(before);
  if (before.line === "lost" && news.line === "open") tell(t("line.back"));
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
  bar.draw(seen, chosen, (name, held) => underway.has(keyOf(name, held)));
  bar.drawMarks(marks, seen.agent, chosen);
  bar.drawWord(seen, notice);
}

/** What stands there when there is no agent to show. @param {string} message @param {HTMLElement[]} more */
function instead(message, ...more) {
  return el("div", { class: "state error" }, el("h2", {}, t(`${message}.title`)), el("p", {}, t(`${message}.how`)), ...more);
}

function drawInstead() {
  const place = byId("instead");
  const refused = seen.line === "refused" && seen.why !== "token";
  const away = !seen.agent && seen.line === "lost";
  place.hidden = !refused && !away;
  for (const id of ["list-pane", "work", "person-pane"]) byId(id).hidden = !place.hidden;
  const what = refused ? `refused/${seen.why}` : away ? "away" : "";
  const told = `${what}/${language()}`;
  if (place.hidden || place.dataset.told === told) return;
  place.dataset.told = told;
  if (away) place.replaceChildren(instead("away"));
  else if (seen.why === "agent") place.replaceChildren(instead("stranger", el("p", { class: "quiet-text" }, t("forbidden.who", { name: who()?.username ?? "", roles: who()?.roles.join(", ") || t("forbidden.none") })), el("button", { type: "button", onclick: leave }, t("forbidden.other"))));
  else place.replaceChildren(instead("closed", el("p", {}, seen.why), el("button", { type: "button", onclick: () => phone.open() }, t("retry"))));
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
  drawInstead();
  byId("density").title = `${t("key.density")} (y)`;
  byId("notify").hidden = !ringer.mayAsk;
  byId("notify").title = `${t("key.notify")} (b)`;
  const { agent } = seen;
  ringer.ring(agent && seen.line === "open" ? ringing(agent) : null);
  if (!agent) return;
  const held = agent.contacts.find(({ id }) => id === chosen) ?? parting;
  list.draw(agent, chosen);
  middle.draw(agent, held);
  person.draw(held);
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
  if (seen.line !== "refused" && !(await command(t("signout"), "signOut", () => phone.signOut()))) return false;
  await phone.close();
  return true;
}

byId("work").addEventListener("focusout", (event) => {
  if (!parting || !(event.target instanceof HTMLTextAreaElement)) return;
  // Only after the focus has moved is it known that nobody writes any more.
  setTimeout(() => {
    follow(seen);
    draw();
  });
});

/** @param {string} id */
const focus = (id) => document.getElementById(id)?.focus();

/** @param {string} id @param {string} name of what the field is for */
function goTo(id, name) {
  if (document.getElementById(id)) focus(id);
  else tell(t("impossible", { act: t(name) }));
}

const keys = [
  { key: "s", message: "key.state", act: chooseState },
  ...ACTS.map(([name, key]) => ({ key, message: `key.${name}`, act: () => act(name) })),
  { key: "c", message: "key.help-me", act: () => mark("help") },
  { key: "i", message: "key.harassment", act: () => mark("harassment") },
  { key: "z", message: "key.back", act: () => takeBack() },
  { key: "K", message: "key.close", act: () => (document.getElementById("script-close")?.checkVisibility() ? document.getElementById("script-close")?.click() : tell(t("impossible", { act: t("script.flow") }))) },
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
