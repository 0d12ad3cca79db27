/** What was heard, the newest at the bottom. What the caller keyed is no part of it: digits may be a card's. */

import { el } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { show } from "../shared/zone.js";
import { piecesOf } from "./prompts.js";
import { named } from "./words.js";

/**
 * @typedef {import("./line.js").Call} Call
 * @typedef {import("./line.js").Claimed} Claimed
 * @typedef {import("./line.js").Heard} Heard
 * @typedef {{at: Date} & ({call: Call} | {heard: Heard} | {lost: true})} Entry
 */

const REMEMBERED = 200; // entries; a page that is open all day does not grow
const NEAR_BOTTOM = 48; // pixels; whoever has scrolled further up is reading, and is left alone

export class Transcript {
  /** @type {Entry[]} */
  #entries = [];
  /** Whether the newest stays in sight; not while somebody has scrolled up to read. */
  #follows = true;
  #place;
  #list;
  #zone;
  /** @type {() => Claimed[]} */
  #numbers;

  /** @param {HTMLElement} place a scrolling `role=log` @param {string} zone @param {() => Claimed[]} numbers */
  constructor(place, zone, numbers) {
    this.#place = place;
    this.#zone = zone;
    this.#numbers = numbers;
    this.#list = el("ol");
    place.append(this.#list);
    place.addEventListener("scroll", () => {
      this.#follows = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_BOTTOM;
    });
    new ResizeObserver(() => this.#toBottom()).observe(place);
  }

  /** A call begins. @param {Call} call */
  begin(call) {
    this.#add({ at: new Date(), call });
  }

  /** The same sound that goes on is written once. @param {Heard} heard */
  hear(heard) {
    const before = this.#entries.at(-1);
    if (before && "heard" in before && before.heard.kind === heard.kind && !heard.text.length && !before.heard.text.length) return;
    this.#add({ at: new Date(), heard });
  }

  /** The call was no longer there when the line came back. */
  lose() {
    this.#add({ at: new Date(), lost: true });
  }

  /** Writes everything anew: the language has changed. */
  draw() {
    this.#list.replaceChildren(...this.#entries.map((entry) => this.#row(entry)));
    this.#markNewest();
    this.#toBottom();
  }

  /** @param {Entry} entry */
  #add(entry) {
    this.#entries.push(entry);
    this.#list.append(this.#row(entry));
    if (this.#entries.length > REMEMBERED) {
      this.#entries.shift();
      this.#list.firstElementChild?.remove();
    }
    this.#markNewest();
    this.#toBottom();
  }

  #markNewest() {
    for (const marked of this.#list.querySelectorAll(".newest")) marked.classList.remove("newest");
    this.#list.lastElementChild?.classList.add("newest");
  }

  #toBottom() {
    if (this.#follows) this.#place.scrollTop = this.#place.scrollHeight;
  }

  /** @param {Entry} entry */
  #row(entry) {
    const clock = show(entry.at, this.#zone, language(), { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const time = el("time", { datetime: entry.at.toISOString() }, clock);
    if ("lost" in entry) return el("li", { class: "note" }, t("heard.lost"), time);
    if ("call" in entry) {
      const { incoming, to } = entry.call;
      return el("li", { class: "begins" }, t(incoming ? "heard.call.in" : "heard.call.out", { to: named(to, this.#numbers()) }), time);
    }
    const { kind, text } = entry.heard;
    const said = text.flatMap(piecesOf).flatMap((piece) => ("text" in piece ? [piece] : []));
    if (!said.length) return el("li", { class: "note" }, t(`heard.${kind}`), time);
    const tongues = [...new Set(said.map((one) => t(`tongue.${one.language.slice(0, 2)}`)))].join(t("list.comma"));
    return el(
      "li",
      { class: "said" },
      el("p", { class: "speaker" }, t("heard.voice"), " ", el("span", { class: "tongue" }, tongues), time),
      said.map((one) => el("p", { lang: one.language.slice(0, 2) }, one.text)),
      kind === "prompt" ? null : el("p", { class: "quiet-text" }, t(`heard.${kind}`)),
    );
  }
}
