/** The person on the other side: their number, and what happened before. */

import { ApiProblem, get } from "../shared/api.js";
import { byId, el, say } from "../shared/dom.js";
import { language, t, word } from "../shared/i18n.js";
import { pause } from "../shared/patience.js";
import { empty, failed, patiently } from "../shared/states.js";
import { show } from "../shared/zone.js";

/**
 * @typedef {import("./hands.js").Held} Held
 * @typedef {{id: string, name: string}} Named
 * @typedef {object} Earlier a line of GET /contacts
 * @property {string} contact_id
 * @property {string | null} channel
 * @property {string | null} outcome
 * @property {string | null} stage
 * @property {Named | null} queue
 * @property {Named | null} agent
 * @property {string | null} initiated_at
 */

// Events of a contact that has just begun take a moment to arrive; until then the API does not know whose it is.
const AGAIN = 3_000; // milliseconds
const TIMES = 5;
const REMEMBERED = 20; // answers kept, so that going to and fro between contacts asks nothing

export class Person {
  /** @param {string} zone */
  constructor(zone) {
    this.zone = zone;
    /** @type {Held | null} */
    this.held = null;
    this.drawn = "";
    /** @type {AbortController | null} */
    this.work = null;
    /** @type {Map<string, Earlier[]>} */
    this.known = new Map();
    this.number = el("p", { class: "number" });
    this.earlier = el("div", { class: "earlier" });
  }

  /** @param {Held | null} held */
  draw(held) {
    const wish = `${held?.id}/${held?.customer}/${language()}`;
    if (wish === this.drawn) return;
    this.drawn = wish;
    this.held = held;
    this.work?.abort();
    const [place, past] = [byId("person"), byId("earlier")];
    if (!held) {
      place.replaceChildren(empty("person.empty"));
      past.replaceChildren();
      return;
    }
    say(this.number, held.customer ?? t("person.unknown"));
    place.replaceChildren(this.number);
    past.replaceChildren(el("h3", {}, t("earlier.title")), this.earlier);
    void this.ask(held.id);
  }

  /** @param {string} id */
  async ask(id) {
    this.work?.abort();
    const mine = new AbortController();
    this.work = mine;
    const known = this.known.get(id);
    if (known) {
      this.write(known);
      return;
    }
    this.earlier.replaceChildren();
    try {
      const contacts = await patiently(this.patient(id, mine.signal), () => !mine.signal.aborted && this.toCome());
      if (mine.signal.aborted) return;
      this.known.set(id, contacts);
      const oldest = this.known.keys().next().value;
      if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest);
      this.write(contacts);
    } catch (problem) {
      if (mine.signal.aborted) return;
      if (!(problem instanceof ApiProblem)) throw problem;
      this.earlier.replaceChildren(failed(problem, () => void this.ask(id)));
    }
  }

  /** @param {string} id @param {AbortSignal} signal @returns {Promise<Earlier[]>} */
  async patient(id, signal) {
    for (let time = 1; ; time += 1) {
      try {
        return (await get(`/contacts/${encodeURIComponent(id)}/earlier`, {}, signal)).contacts;
      } catch (problem) {
        if (!(problem instanceof ApiProblem) || problem.kind !== "missing" || time === TIMES) throw problem;
        await pause(AGAIN, signal);
      }
    }
  }

  toCome() {
    this.earlier.replaceChildren(el("div", { class: "lines", "aria-hidden": "true" }, Array.from({ length: 4 }, () => el("span", { class: "skeleton" }))));
  }

  /** @param {Earlier[]} contacts */
  write(contacts) {
    if (!contacts.length) {
      this.earlier.replaceChildren(empty("earlier.empty"));
      return;
    }
    this.earlier.replaceChildren(el("ol", {}, contacts.map((one) => this.line(one))));
  }

  /** @param {Earlier} one */
  line(one) {
    const at = one.initiated_at ? new Date(one.initiated_at) : null;
    const day = at ? show(at, this.zone, language(), { month: "2-digit", day: "2-digit", weekday: "short" }) : "–";
    const exact = at ? show(at, this.zone, language(), { dateStyle: "long", timeStyle: "short" }) : "";
    return el(
      "li",
      {},
      el("span", { class: "day", title: exact }, day),
      el("strong", {}, word("outcome", one.outcome ?? one.stage ?? "unknown")),
      el("span", { class: "quiet-text" }, [word("channel", one.channel), one.queue?.name, one.agent?.name].filter(Boolean).join(" · ")),
    );
  }
}
