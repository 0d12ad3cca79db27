/** The middle of the desk: the one contact I work on, or the keys to call somebody. */

import { byId, el, say } from "../shared/dom.js";
import { spoken } from "../shared/format.js";
import { language, t, word } from "../shared/i18n.js";
import { show } from "../shared/zone.js";
import { SITUATION_MARKS, actMessage } from "./bar.js";
import { call, closing, may, situation, title } from "./hands.js";
import { icon } from "./icons.js";
import { followOtherTabs, keepWriting, recentNotes } from "./notes.js";
import { lasting } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 * @typedef {import("./hands.js").Act} Act
 * @typedef {object} Does
 * @property {(act: Act, held: Held) => void} act
 * @property {(number: string) => Promise<boolean>} dial  resolves to whether the call has begun
 * @property {(held: Held) => void} close  hands a harassing caller to the closing announcement
 */

const RECENT = 5; // notes of contacts that are closed, for whoever had no time to take them over
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0", "⌫"];

/** Attributes that flows note for machines only, or that the account panel shows. */
const UNSEEN = /^(turned_away$|tsunagu[_:]|aws:|account_id$|identified$)/;

/** A term and what is known of it. @param {string} message @param {Node | string | null | undefined} known */
const fact = (message, known) => (known ? [el("dt", {}, t(message)), el("dd", {}, known)] : []);

/** What a flow has noted: in our words where we have them. @param {Record<string, string>} attributes */
function noted(attributes) {
  return Object.entries(attributes)
    .filter(([name, value]) => value !== "" && !UNSEEN.test(name))
    .sort(([one], [other]) => one.localeCompare(other))
    .flatMap(([name, value]) => [el("dt", {}, word("attribute", name)), el("dd", {}, word(`attribute.${name}`, value))]);
}

export class Middle {
  /** @param {Does} does @param {string} zone */
  constructor(does, zone) {
    this.does = does;
    this.zone = zone;
    this.place = byId("work");
    /** What is drawn now: a contact's id, "" for the keys. @type {string | null} */
    this.drawn = null;
    this.told = "";
    /** When each contact in hand was answered, as far as this page has seen it. @type {Map<string, Date>} */
    this.answered = new Map();
    this.head = el("header", { class: "work-head" });
    this.facts = el("dl", { class: "facts" });
    this.own = el("div", { class: "own" });
    this.script = el("section", { class: "script", "aria-labelledby": "script-title", hidden: true });
    /** @type {Set<string>} */
    this.scripted = new Set();
    /** The field that is on screen. @type {{field: HTMLTextAreaElement, contactId: string} | null} */
    this.writing = null;
    followOtherTabs(() => this.writing);
  }

  /** @param {Agent} agent @param {Held | null} held */
  draw(agent, held) {
    for (const id of this.answered.keys()) if (!agent.contacts.some((one) => one.id === id)) this.answered.delete(id);
    for (const one of agent.contacts) if (one.state === "connected" && !this.answered.has(one.id)) this.answered.set(one.id, one.since);
    if (!held) {
      this.scripted.clear();
      this.writing = null;
      if (this.drawn !== `/${language()}`) this.drawKeys();
      this.drawn = `/${language()}`;
      return;
    }
    if (this.drawn !== `${held.id}/${language()}`) this.build(held);
    this.drawn = `${held.id}/${language()}`;
    this.drawScript(agent, held);
    const told = JSON.stringify([held, call(agent)?.id, language()]);
    if (told === this.told) return;
    this.told = told;
    const now = situation(held);
    this.head.replaceChildren(
      icon(held.channel),
      el("h2", {}, title(held)),
      el("p", { class: "situation", "data-situation": now }, `${SITUATION_MARKS[now]} ${t(`situation.${now}`)} `, lasting(held.keying ?? held.since)),
    );
    this.facts.replaceChildren(
      ...fact("fact.queue", held.queue?.name),
      ...fact("fact.called", held.system),
      ...fact("fact.waited", this.waited(held)),
      ...fact("fact.from", held.from),
      ...fact("fact.method", held.method === null ? null : word("method", held.method)),
      ...noted(held.attributes),
      ...fact("fact.description", held.description),
    );
    this.drawOwn(agent, held);
  }

  /** How long the customer waited in the queue: a time that runs until somebody answers. @param {Held} held */
  waited(held) {
    if (!held.queuedAt) return null;
    if (situation(held) === "ringing") return lasting(held.queuedAt);
    const answered = this.answered.get(held.id);
    if (!answered) return null;
    const node = el("span", { class: "time" });
    say(node, spoken("duration", Math.max(0, answered.getTime() - held.queuedAt.getTime()) / 1000));
    return node;
  }

  /** What the bar is not busy with is ended here. @param {Agent} agent @param {Held} held */
  drawOwn(agent, held) {
    const inBar = call(agent) === null || call(agent)?.id === held.id;
    /** @type {Act[]} */
    const acts = inBar ? [] : ["end", "closeWork"];
    this.own.replaceChildren(...acts.filter((act) => may(act, held)).map((act) => el("button", { type: "button", onclick: () => this.does.act(act, held) }, t(actMessage(act, held)))));
  }

  /** @param {Held} held */
  build(held) {
    this.told = "";
    this.script.hidden = true;
    const field = el("textarea", { id: "notes", rows: 6, "aria-describedby": "notes-where" });
    const where = el("p", { id: "notes-where", class: "quiet-text" }, t("notes.where"));
    keepWriting(field, held.id, (kept) => {
      say(where, t(kept ? "notes.where" : "notes.full"));
      where.classList.toggle("wrong", !kept);
    });
    this.writing = { field, contactId: held.id };
    this.place.replaceChildren(
      this.head,
      this.script,
      this.facts,
      this.own,
      el("div", { class: "notes" }, el("label", { for: "notes", title: `${t("key.notes")} (n)` }, t("notes.title")), field, where),
    );
  }

  /** Shows what to read aloud before a harassing call is ended. @param {string} contactId */
  beginScript(contactId) {
    this.scripted.add(contactId);
  }

  /** @param {string} contactId */
  takeScriptBack(contactId) {
    this.scripted.delete(contactId);
  }

  /** @param {Agent} agent @param {Held} held */
  drawScript(agent, held) {
    const isWanted = this.scripted.has(held.id) && ["talking", "held"].includes(situation(held));
    this.script.hidden = !isWanted;
    if (!isWanted) {
      this.script.dataset.told = "";
      return;
    }
    const to = closing(agent);
    const told = `${held.id}/${to?.id}/${language()}`;
    if (this.script.dataset.told === told) return;
    this.script.dataset.told = told;
    this.script.replaceChildren(
      el("h3", { id: "script-title" }, t("script.title")),
      el("blockquote", { lang: "ja" }, t("script.ja")),
      el("blockquote", { lang: "en" }, t("script.en")),
      el(
        "div",
        { class: "script-acts" },
        el("button", { type: "button", class: "primary", id: "script-close", title: `${t(to ? "script.flow" : "script.end")} (K)`, "aria-keyshortcuts": "Shift+K", onclick: () => this.does.close(held) }, t(to ? "script.flow" : "script.end")),
        el("span", { class: "quiet-text" }, to ? t("script.to", { name: to.name }) : ""),
      ),
    );
  }

  drawKeys() {
    this.told = "";
    const typed = /** @type {HTMLInputElement | null} */ (document.getElementById("number"))?.value ?? "";
    const number = el("input", { id: "number", type: "tel", inputmode: "tel", autocomplete: "off", placeholder: "+81312345678", "aria-describedby": "number-how" });
    number.value = typed;
    const form = el(
      "form",
      { class: "dial" },
      el("h2", {}, t("dial.title")),
      el("div", { class: "dial-row" }, el("label", { for: "number", class: "sr" }, t("dial.number")), number, el("button", { class: "primary", title: `${t("dial.do")} (Enter)` }, t("dial.do"))),
      el("p", { id: "number-how", class: "quiet-text" }, t("dial.how")),
      el(
        "div",
        { class: "digits" },
        DIGITS.map((digit) => el("button", { type: "button", "aria-label": digit === "⌫" ? t("dial.delete") : null, onclick: () => (number.value = digit === "⌫" ? number.value.slice(0, -1) : number.value + digit) }, digit)),
      ),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const wanted = number.value.replace(/[\s()-]/g, "");
      if (wanted && (await this.does.dial(wanted)) && number.isConnected) number.value = "";
    });
    const notes = recentNotes(RECENT);
    this.place.replaceChildren(form, notes.length ? el("section", { class: "recent" }, el("h3", {}, t("notes.recent")), el("ul", {}, notes.map((one) => this.recent(one)))) : "");
  }

  /** @param {{text: string, at: number}} note */
  recent({ text, at }) {
    const when = show(new Date(at), this.zone, language(), { hour: "2-digit", minute: "2-digit" });
    return el("li", {}, el("span", { class: "day" }, when), el("span", {}, text));
  }
}
