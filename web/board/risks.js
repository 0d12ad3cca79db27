/** What somebody may have to act on now: calls at risk, and who waits. */

import { el, say } from "../shared/dom.js";
import { exact, spoken } from "../shared/format.js";
import { language, t } from "../shared/i18n.js";
import { isCall, talkerOn, worstFirst } from "./agents.js";
import { arrange, whenNew } from "./arrange.js";
import { RISK_SHAPES, siteName } from "./marks.js";
import { since } from "./period.js";
import { NOWHERE, grouped, queueing } from "./quality.js";
import { address } from "./view.js";

/**
 * @typedef {import("./agents.js").Risk} Risk
 * @typedef {import("./agents.js").Told} Told
 * @typedef {object} Listening how one listens from here
 * @property {boolean} exists  whether this person has a softphone at all
 * @property {boolean} isFree  whether one may begin to listen now
 * @property {string} hint  what a button that begins to listen says of itself
 * @property {(contactId: string, name: string) => void} listen
 */

const SHORT = 5; // rows of the list before it asks to be opened
const SHORT_ON_WALL = 3;

/** @param {Risk} risk */
const nameOf = (risk) => (risk.agent ? (risk.agent.name ?? risk.agent.id) : t("risk.caller"));

/** @param {string | null} id @param {string | null | undefined} name */
const queueName = (id, name) => (id === null || id === NOWHERE ? t("nameless.queue") : name || id);

/** @param {Listening} listening @returns {HTMLLIElement} */
function emptyRisk(listening) {
  const row = el(
    "li",
    { class: "risk" },
    el("span", { class: "why" }, el("span", { class: "shape", "aria-hidden": "true" }), " ", el("span", { class: "words" })),
    el("a", { class: "who", "data-view": true }),
    el("span", { class: "site-name quiet-text" }),
    el("a", { class: "queue", "data-view": true }),
    el("span", { class: "for" }),
    el("button", { class: "listen", onclick: () => listening.listen(row.dataset.contact ?? "", row.dataset.name ?? "") }, t("listen")),
  );
  return row;
}

/** @param {HTMLLIElement} row @param {Risk} risk @param {Told} told @param {Listening} listening @param {{zone: string, to: string}} time */
function writeRisk(row, risk, told, listening, { zone, to }) {
  const name = nameOf(risk);
  const button = /** @type {HTMLButtonElement} */ (row.querySelector(".listen"));
  const canListen = listening.exists && risk.agent !== null && talkerOn(told, risk.contact_id) !== null;
  const links = [
    address({ drill: "contact", contact: risk.contact_id }),
    address({ drill: "contacts", figure: risk.why === "waits_long" ? "waiting" : "offered", queue: risk.queue ?? NOWHERE, name: queueName(risk.queue, risk.queue_name), from: since(risk.seconds, new Date(told.at), zone), to }),
  ];
  whenNew(row, [language(), risk, name, canListen, listening.hint, links], () => {
    row.dataset.contact = risk.contact_id;
    row.dataset.name = name;
    row.dataset.why = risk.why;
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
    say(part(".why .shape"), RISK_SHAPES[risk.why]);
    say(part(".why .words"), t(`why.${risk.why}`));
    say(part(".who"), name);
    part(".who").setAttribute("href", links[0]);
    say(part(".site-name"), risk.site ? siteName(risk.site) : "");
    say(part(".queue"), queueName(risk.queue, risk.queue_name));
    part(".queue").setAttribute("href", links[1]);
    say(part(".for"), spoken("duration", risk.seconds));
    part(".for").title = exact("duration", risk.seconds);
    button.hidden = !canListen;
    button.disabled = !listening.isFree;
    button.title = listening.hint;
    button.setAttribute("aria-label", t("listen.to", { name }));
  });
}

/** Built once for a language; polls then only write what changed. */
export class RisksPane {
  /** @param {HTMLElement} place @param {Listening} listening @param {string} zone @param {import("./figures.js").Targets} targets */
  constructor(place, listening, zone, targets) {
    this.listening = listening;
    this.zone = zone;
    this.targets = targets;
    this.isOpen = false;
    this.none = el("p", { class: "no-risk" });
    this.list = el("ul", { class: "risk-list" });
    this.more = el("button", { class: "quiet more", onclick: () => this.toggle() });
    this.queues = el("ul", { class: "queue-list" });
    this.nobody = el("p", { class: "no-risk" });
    /** @type {(() => void) | null} */
    this.again = null;
    place.append(
      el("section", { class: "risks" }, el("h3", {}, t("risk.title")), this.none, this.list, this.more),
      el("section", { class: "queues" }, el("h3", {}, t("figure.waiting")), this.nobody, this.queues),
    );
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.again?.();
  }

  /** @param {Told} told @param {import("./period.js").Period} day @param {boolean} wall */
  draw(told, day, wall) {
    this.again = () => this.draw(told, day, wall);
    const risks = worstFirst(told.at_risk);
    const short = wall ? SHORT_ON_WALL : SHORT;
    const hidden = Math.max(0, risks.length - short);
    const shown = this.isOpen && !wall ? risks : risks.slice(0, short);
    this.none.hidden = risks.length > 0;
    say(this.none, `● ${t("risk.none")}`);
    this.more.hidden = !hidden;
    this.more.setAttribute("aria-expanded", String(this.isOpen));
    say(this.more, this.isOpen && !wall ? t("risk.fewer") : t("risk.more", { count: hidden }));
    arrange(this.list, shown.map((risk) => ({
      id: `${risk.contact_id}/${risk.why}`,
      rank: `${risk.why}/${risk.since}`,
      make: () => emptyRisk(this.listening),
      write: (/** @type {HTMLLIElement} */ row) => writeRisk(row, risk, told, this.listening, { zone: this.zone, to: day.to }),
    })));
    this.drawQueues(told, day);
  }

  /** @param {Told} told @param {import("./period.js").Period} day */
  drawQueues(told, day) {
    const queues = grouped(/** @type {any} */ (told.waiting), (row) => row.queue ?? "")
      .map(([queue, rows]) => ({ queue, name: queueName(queue, rows[0].queue_name), now: queueing(/** @type {any} */ (rows)) }))
      .filter(({ now }) => now.waiting)
      .sort((one, other) => (other.now.longest_wait ?? 0) - (one.now.longest_wait ?? 0));
    this.nobody.hidden = queues.length > 0;
    say(this.nobody, `● ${t("waiting.none")}`);
    const target = t("target", { sign: "≤", target: spoken("duration", this.targets.longest_wait) });
    arrange(this.queues, queues.map(({ queue, name, now }) => ({
      id: queue,
      make: () => el("li", { class: "queue-row" }, el("a", { "data-view": true }), el("strong"), el("span", { class: "wait" }), el("span", { class: "target quiet-text" })),
      write: (/** @type {HTMLLIElement} */ row) => {
        const href = address({ drill: "contacts", figure: "waiting", queue, name, from: since(now.longest_wait, new Date(told.at), this.zone), to: day.to });
        whenNew(row, [language(), now, href], () => {
          const late = (now.longest_wait ?? 0) > this.targets.longest_wait;
          const [link, count, wait, beside] = /** @type {HTMLElement[]} */ ([...row.children]);
          link.setAttribute("href", href);
          say(link, name);
          say(count, spoken("count", now.waiting));
          say(wait, (late ? "▲ " : "") + spoken("duration", now.longest_wait));
          wait.title = exact("duration", now.longest_wait);
          row.toggleAttribute("data-late", late);
          say(beside, target);
        });
      },
    })));
  }
}

/** What is asked for by people, for telling each of them once. @param {Told} told */
export const callsIn = (told) => worstFirst(told.at_risk).filter((risk) => isCall(risk.why)).map((risk) => ({ id: `${risk.contact_id}/${risk.why}/${risk.since}`, text: t(`aloud.${risk.why}`, { name: nameOf(risk), queue: queueName(risk.queue, risk.queue_name) }) }));
