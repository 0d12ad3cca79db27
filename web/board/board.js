/** The supervisor's board: asks every few seconds, shows what came, says since when nothing came. */

import { ApiProblem, get } from "../shared/api.js";
import { byId, el, say } from "../shared/dom.js";
import { drawWho, frame, prepare } from "../shared/frame.js";
import { language, t } from "../shared/i18n.js";
import { poll } from "../shared/poll.js";
import { configure, who } from "../shared/session.js";
import { askToSignIn } from "../shared/sign-in.js";
import { PATIENCE, empty, failed } from "../shared/states.js";
import { show } from "../shared/zone.js";
import { DashboardPane } from "./dashboard.js";
import { Drill } from "./drill.js";
import { USUAL_TARGETS, figures, verdict } from "./figures.js";
import { FloorPane } from "./floor.js";
import { drawNotKnown, drawNumbers, drawNumbersToCome, drawVerdict } from "./numbers.js";
import { period } from "./period.js";
import { queueing } from "./quality.js";
import { Supervision } from "./supervision.js";
import { drawTable } from "./table.js";
import { Tone } from "./tone.js";
import { DIMENSIONS, RANGES, STEPS, address, view } from "./view.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {object} Seen everything the last good answers said
 * @property {import("./quality.js").Row[]} today
 * @property {import("./quality.js").Waiting[]} waiting
 * @property {import("./quality.js").Row[]} rows
 * @property {import("./period.js").Period} day
 * @property {import("./period.js").Period} period
 * @property {string} asked  the choices that `rows` answer
 * @property {Date} at
 */

const EVERY = 5_000; // milliseconds between two polls
// A dashboard's metrics have periods of a minute and more, and CloudWatch charges for each one read: no need to ask as often.
const DASHBOARD_EVERY = 15_000;
const REMEMBERED = 720; // dots of "now", an hour of them

const config = await prepare();

/** @type {Seen | null} */
let seen = null;
/** @type {import("./widget-data.js").Dashboard | null} */
let deployed = null;
/** @type {{numbers: ApiProblem | null, dashboard: ApiProblem | null}} */
const problems = { numbers: null, dashboard: null };
/** @type {Date | null} */
let staleSince = null;
/** @type {{at: number, waiting: number, longest_wait: number | null}[]} */
const past = [];
let shown = view();

const targets = { ...USUAL_TARGETS, ...config.targets };
const pane = new DashboardPane(byId("dashboard"), config.zone);
const drill = new Drill(
  () => seen && { today: seen.today, waiting: seen.waiting, day: seen.day, zone: config.zone },
  () => go(address({}), true),
  (contact) => floor.listenButton(contact, () => go(address({}))),
);
const supervision = new Supervision(byId("supervision"), config.softphone, () => floor.draw());
const tone = new Tone(() => floor.draw());
const floor = new FloorPane({ zone: config.zone, targets, tone, supervision, retry: () => floors.now(), isHushed: () => !seen && problems.numbers !== null });

/** @param {View} now */
const choicesOf = (now) => `${now.range}/${now.step}/${now.by}`;

/** @param {AbortSignal} signal */
async function askNumbers(signal) {
  const now = view();
  const at = new Date();
  const [day, range] = [period("today", at, config.zone), period(now.range, at, config.zone)];
  try {
    const [today, waiting, rows] = await Promise.all([
      get("/quality", { ...day, step: "15m", by: "queue" }, signal),
      get("/quality/now", {}, signal),
      get("/quality", { ...range, step: now.step, by: now.by }, signal),
    ]);
    seen = { today: today.rows, waiting: waiting.rows, rows: rows.rows, day, period: range, asked: choicesOf(now), at: new Date() };
    past.push({ at: at.getTime() / 1000, ...queueing(seen.waiting) });
    past.splice(0, past.length - REMEMBERED);
    problems.numbers = null;
    staleSince = null;
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof ApiProblem)) throw problem;
    problems.numbers = problem;
    staleSince = seen?.at ?? null;
  }
  drawNumbersPart();
}

/** @param {AbortSignal} signal */
async function askFloor(signal) {
  await floor.ask(signal);
  if (!signal.aborted) drawNumbersPart();
}

/** @param {AbortSignal} signal */
async function askDashboard(signal) {
  try {
    const range = period(view().range, new Date(), config.zone);
    deployed = await get("/dashboard", { ...range }, signal);
    problems.dashboard = null;
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof ApiProblem)) throw problem;
    problems.dashboard = problem;
  }
  drawDashboardPart();
  drawNumbersPart();
}

/** @param {Date} moment */
const clock = (moment) => show(moment, config.zone, language(), { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function drawFreshness() {
  const place = byId("freshness");
  place.toggleAttribute("data-stale", staleSince !== null);
  if (staleSince) say(place, `○ ${t("stale", { since: clock(staleSince) })}`);
  else if (seen) say(place, `● ${t("live", { at: clock(seen.at) })}`);
  else say(place, "");
  // Told once when it begins and not at every tick of the clock.
  if (place.getAttribute("role") !== (staleSince ? "status" : null)) {
    if (staleSince) place.setAttribute("role", "status");
    else place.removeAttribute("role");
  }
}

function drawNumbersPart() {
  drawFreshness();
  drawWho();
  const problem = problems.numbers;
  const verdictPlace = byId("verdict");
  // Without a single figure there is one thing to say, and it is said once.
  for (const id of ["verdict", "table-pane", "dashboard-pane"]) byId(id).hidden = !seen && problem !== null;
  floor.draw();
  if (!seen) {
    if (problem) byId("numbers").replaceChildren(el("li", { class: "whole" }, failedPart(problem)));
    return;
  }
  const ringing = (deployed?.alarms ?? []).filter((alarm) => alarm.state === "ALARM").map((alarm) => alarm.name);
  const all = figures(seen.today, seen.waiting, past, targets);
  drawNumbers(byId("numbers"), all);
  if (staleSince) drawNotKnown(verdictPlace, clock(staleSince));
  else drawVerdict(verdictPlace, byId("aloud"), verdict(all, seen.waiting, targets, ringing, floor.calls), targets, ringing, floor.calls);
  const now = view();
  const table = byId("table");
  table.setAttribute("aria-busy", String(seen.asked !== choicesOf(now)));
  if (seen.asked !== choicesOf(now)) {
    if (problem) table.replaceChildren(failedPart(problem));
  } else if (!seen.rows.length) table.replaceChildren(empty("empty.table"));
  else drawTable(table, { rows: seen.rows, waiting: seen.waiting, by: now.by, step: now.step, period: seen.period, zone: config.zone, targets });
  drill.follow(now.drill);
}

function drawDashboardPart() {
  const problem = problems.dashboard;
  say(byId("dashboard-name"), deployed?.name ?? "");
  if (deployed?.body.widgets.length) pane.draw(deployed, view().wall);
  else {
    pane.clear();
    byId("dashboard").replaceChildren(problem ? failedPart(problem) : empty("empty.dashboard"));
  }
}

/** A refusal names the role one has; which one is needed the API says itself. @param {ApiProblem} problem */
function failedPart(problem) {
  const pane = failed(problem, refresh);
  if (problem.kind === "forbidden") {
    pane.append(
      el("p", { class: "quiet-text" }, t("forbidden.who", { name: who()?.username ?? "", roles: who()?.roles.join(", ") || t("forbidden.none") })),
      el("button", { onclick: leave }, t("forbidden.other")),
    );
  }
  return pane;
}

/** @param {string} name @param {string} value @param {string} current @param {string} label @param {string} key */
function choice(name, value, current, label, key) {
  const act = () => go(address({ [name]: value, ...(name === "range" ? { step: null } : {}) }));
  return el("button", { "aria-pressed": String(value === current), "aria-keyshortcuts": key, title: t("choice.key", { key }), onclick: act, "data-choice": `${name}/${value}` }, label);
}

function drawChoices() {
  const now = view();
  const place = byId("choices");
  const focused = document.activeElement?.getAttribute("data-choice");
  const group = (/** @type {string} */ label, /** @type {HTMLElement[]} */ buttons) => el("div", { class: "group", role: "group", "aria-label": t(label) }, buttons);
  place.replaceChildren(
    group("choice.range", RANGES.map((range, index) => choice("range", range, now.range, t(`range.${range}`), String(index + 1)))),
    group("choice.step", STEPS[now.range].map((step) => choice("step", step, now.step, t(`step.${step}`), "i"))),
    group("choice.by", DIMENSIONS.map((by) => choice("by", by, now.by, t(`by.${by}`), by[0]))),
  );
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[data-choice="${focused}"]`))?.focus();
}

function draw() {
  document.documentElement.classList.toggle("wall", view().wall);
  drawChoices();
  drawNumbersPart();
  supervision.draw();
  if (deployed || problems.dashboard) drawDashboardPart();
}

/** Grey shapes where nothing has come yet, once a person would begin to wonder. */
function toCome() {
  setTimeout(() => {
    if (!seen && !problems.numbers) {
      drawNumbersToCome(byId("numbers"));
      byId("table").replaceChildren(el("div", { class: "lines", "aria-hidden": "true" }, Array.from({ length: 5 }, () => el("span", { class: "skeleton" }))));
    }
    if (!deployed && !problems.dashboard) byId("dashboard").replaceChildren(el("div", { class: "widgets-to-come", "aria-hidden": "true" }, Array.from({ length: 4 }, () => el("span", { class: "skeleton" }))));
  }, PATIENCE);
}

/** Goes to an address of the board. @param {string} to @param {boolean} [replace] */
function go(to, replace = false) {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  arrive();
}

/** Shows what the address asks for; what is not here yet is asked for at once. */
function arrive() {
  const now = view();
  const before = shown;
  shown = now;
  drawAll();
  drill.follow(now.drill);
  if (choicesOf(now) !== choicesOf(before)) numbers.now();
  if (now.range !== before.range) dashboards.now();
}

function refresh() {
  numbers.now();
  floors.now();
  dashboards.now();
}

const toggleWall = () => go(address({ wall: view().wall ? null : "1" }), true);

function nextStep() {
  const { range, step } = view();
  const steps = STEPS[range];
  go(address({ step: steps[(steps.indexOf(step) + 1) % steps.length] }));
}

const keys = [
  ...RANGES.map((range, index) => ({ key: String(index + 1), message: `key.range.${range}`, act: () => go(address({ range, step: null })) })),
  { key: "i", message: "key.step", act: nextStep },
  ...DIMENSIONS.map((by) => ({ key: by[0], message: `key.by.${by}`, act: () => go(address({ by })) })),
  { key: "f", message: "key.floor", when: () => floor.isSeen, act: () => floor.go() },
  { key: "m", message: "key.listen", when: () => supervision.exists, act: () => floor.listen() },
  { key: "b", message: "key.join", when: () => supervision.exists, act: () => supervision.act() },
  { key: "x", message: "key.stop", when: () => supervision.exists, act: () => supervision.stop() },
  { key: "v", message: "key.tone", when: () => floor.isSeen, act: () => floor.switchTone() },
  { key: "n", message: "key.numbers", act: () => /** @type {HTMLElement | null} */ (document.querySelector("#numbers a"))?.focus() },
  { key: "r", message: "key.refresh", act: refresh },
  { key: "w", message: "key.wall", act: toggleWall },
];
const { drawAll, leave } = frame({ title: "board.page", keys, draw, buttons: [["wall", "key.wall", "w"]] });
byId("wall").addEventListener("click", toggleWall);
byId("tone").addEventListener("click", () => floor.switchTone());
byId("table").addEventListener("opened", drawNumbersPart);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && view().wall && !document.querySelector("dialog:modal")) toggleWall();
});
// Links of the board change what is shown, not the page; opened in a new tab they work by themselves.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-view]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(link.getAttribute("href") ?? "");
});
addEventListener("popstate", arrive);

configure(config.cognito, () => askToSignIn(seen !== null));
drawAll();
toCome();
const numbers = poll(askNumbers, EVERY);
const floors = poll(askFloor, EVERY);
const dashboards = poll(askDashboard, DASHBOARD_EVERY);
