/** What a number is made of: first by queue, then its contacts, then one contact with all its facts. */

import { ApiProblem, get } from "../shared/api.js";
import { el } from "../shared/dom.js";
import { exact, spoken } from "../shared/format.js";
import { language, t, word } from "../shared/i18n.js";
import { empty, failed, patiently } from "../shared/states.js";
import { show } from "../shared/zone.js";
import { contactsOf } from "./contacts.js";
import { since } from "./period.js";
import { NOWHERE, grouped, queueing, total } from "./quality.js";
import { address } from "./view.js";

/**
 * @typedef {import("../shared/format.js").Kind} Kind
 * @typedef {import("./contacts.js").Contact} Contact
 *
 * @typedef {object} Known what the board knows already
 * @property {import("./quality.js").Row[]} today
 * @property {import("./quality.js").Waiting[]} waiting
 * @property {import("./period.js").Period} day
 * @property {string} zone
 */

/** The counts that a figure is made of, and the figure itself. @type {Record<string, {id: string, kind: Kind}[]>} */
const PARTS = {
  waiting: [{ id: "waiting", kind: "count" }, { id: "longest_wait", kind: "duration" }],
  longest_wait: [{ id: "waiting", kind: "count" }, { id: "longest_wait", kind: "duration" }],
  service_level: [{ id: "offered", kind: "count" }, { id: "answered_in_time", kind: "count" }, { id: "service_level", kind: "rate" }],
  answer_rate: [{ id: "offered", kind: "count" }, { id: "answered", kind: "count" }, { id: "answer_rate", kind: "rate" }],
  abandoned: [{ id: "offered", kind: "count" }, { id: "abandoned", kind: "count" }, { id: "abandoned_rate", kind: "rate" }],
  average_speed_of_answer: [{ id: "answered", kind: "count" }, { id: "average_speed_of_answer", kind: "duration" }],
  average_handle_time: [{ id: "answered", kind: "count" }, { id: "average_handle_time", kind: "duration" }],
};

/** The figure whose contacts a count leads to, where that is not the count itself. @type {Record<string, string>} */
const CONTACTS_OF = { answered_in_time: "service_level", abandoned_rate: "abandoned" };

export class Drill {
  /** @param {() => Known | null} known @param {() => void} close takes the drill-down out of the address
   * @param {(contactId: string) => HTMLElement | null} hand  what can be done about a contact from its own view */
  constructor(known, close, hand) {
    this.known = known;
    this.hand = hand;
    this.title = el("h2", { id: "drill-title", tabindex: "-1" });
    this.trail = el("nav", { class: "trail" });
    this.content = el("div", { class: "drill-content" });
    const closer = el("button", { class: "quiet close", onclick: () => this.dialog.close() }, "×");
    this.closer = closer;
    this.dialog = el("dialog", { class: "drill", "aria-labelledby": "drill-title" }, el("header", {}, this.title, closer), this.trail, this.content);
    this.dialog.addEventListener("close", () => {
      this.work?.abort();
      this.shown = "";
      if (!this.leaving) close();
    });
    document.body.append(this.dialog);
    this.shown = "";
    this.leaving = false;
    /** @type {AbortController | null} */
    this.work = null;
  }

  /** Follows the address: opens, changes or closes. @param {URLSearchParams | null} query */
  follow(query) {
    if (!query) {
      if (this.dialog.open) {
        this.leaving = true;
        this.dialog.close();
        this.leaving = false;
      }
      return;
    }
    // The figures of the day come with the first poll; a link straight into a drill-down waits for them.
    const known = this.known();
    const wish = `${language()}?${query}`;
    if (!known || wish === this.shown) return;
    this.shown = wish;
    this.work?.abort();
    this.work = new AbortController();
    this.closer.setAttribute("aria-label", t("close"));
    this.closer.title = `${t("close")} (Esc)`;
    if (!this.dialog.open) this.dialog.showModal();
    const kind = query.get("drill");
    if (kind === "contact") this.contact(query.get("contact") ?? "", known, this.work.signal);
    else if (kind === "contacts") this.contacts(query, known, this.work.signal);
    else this.figure(query.get("figure") ?? "", known);
    this.title.focus();
  }

  /** @param {string} title @param {(HTMLElement | string)[]} trail @param {...HTMLElement} content */
  write(title, trail, ...content) {
    this.title.textContent = title;
    this.trail.replaceChildren(...trail);
    this.trail.hidden = !trail.length;
    this.trail.setAttribute("aria-label", t("drill.trail"));
    this.content.replaceChildren(...content);
  }

  /** @param {string} id @param {Known} known */
  figure(id, known) {
    const parts = PARTS[id] ?? PARTS.service_level;
    const isNow = id === "waiting" || id === "longest_wait";
    const groups = isNow ? grouped(/** @type {any} */ (known.waiting), (row) => row.queue ?? "") : grouped(known.today, (row) => row.queue ?? "");
    const rows = groups.map(([queue, rowsOf]) => ({ queue, name: queue === NOWHERE ? t("nameless.queue") : rowsOf[0].queue_name || queue, sum: /** @type {any} */ (isNow ? queueing(/** @type {any} */ (rowsOf)) : total(rowsOf)) }));
    rows.sort((one, other) => one.name.localeCompare(other.name, language()));
    const everything = /** @type {any} */ (isNow ? queueing(known.waiting) : total(known.today));
    /** @param {any} sum */
    const span = (sum) => (isNow ? { from: since(sum.longest_wait, new Date(), known.zone), to: known.day.to } : known.day);
    const table = el(
      "table",
      {},
      el("caption", { class: "sr" }, t(`figure.${id}`)),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("by.queue")), parts.map((part) => el("th", { scope: "col" }, t(`column.${part.id}`))))),
      el(
        "tbody",
        {},
        [...rows, { queue: null, name: t("drill.everywhere"), sum: everything }].map(({ queue, name, sum }) =>
          el(
            "tr",
            { class: queue === null ? "whole" : null },
            el("th", { scope: "row" }, name),
            parts.map((part) => {
              const figure = isNow ? "waiting" : (CONTACTS_OF[part.id] ?? part.id);
              const href = address({ drill: "contacts", figure, name, ...(queue === null ? {} : { queue }), ...span(sum) });
              return el("td", {}, el("a", { href, "data-view": true, title: exact(part.kind, sum[part.id]) }, spoken(part.kind, sum[part.id])));
            }),
          ),
        ),
      ),
    );
    const explained = el("p", {}, t(`drill.formula.${id in PARTS ? id : "service_level"}`));
    this.write(t(`figure.${id}`), [], explained, rows.length ? el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t(`figure.${id}`) }, table) : empty("empty.table"));
  }

  /** @param {string} moment */
  moment(moment) {
    const zone = this.known()?.zone ?? "UTC";
    return show(new Date(moment), zone, language(), { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }

  /** @param {URLSearchParams} query @param {Known} known @param {AbortSignal} signal */
  async contacts(query, known, signal) {
    const figure = query.get("figure") ?? "arrived";
    const [from, to] = [query.get("from") ?? known.day.from, query.get("to") ?? known.day.to];
    const queue = query.get("queue");
    const everyQueue = grouped(known.today, (row) => row.queue ?? "").map(([id]) => id);
    const question = { figure, from, to, queues: queue !== null ? [queue] : everyQueue, site: query.get("site"), channel: query.get("channel") };
    const brief = (/** @type {string} */ moment) => show(new Date(moment), known.zone, language(), { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const where = t("drill.where", { name: query.get("name") ?? t("drill.everywhere"), from: brief(from), to: brief(to) });

    const body = el("tbody");
    const heads = ["entered", "channel", "outcome", "wait", "handle", "agent"].map((name) => el("th", { scope: "col" }, t(`contact.${name}`)));
    const table = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("drill.contacts") }, el("table", {}, el("caption", { class: "sr" }, t("drill.contacts")), el("thead", {}, el("tr", {}, heads)), body));
    const status = el("p", { class: "quiet-text", role: "status" });
    const onward = el("button", { onclick: () => load() }, t("drill.more"));
    const place = el("div", { class: "list" });
    onward.hidden = true;
    this.write(t(`column.${figure}`), PARTS[figure] ? [el("a", { href: address({ drill: "figure", figure }), "data-view": true }, t("drill.up", { figure: t(`figure.${figure}`) }))] : [], el("p", {}, where), place, status, onward);

    let more = contactsOf(question, signal);
    const load = async () => {
      onward.disabled = true;
      try {
        const { contacts, isAll } = await patiently(more(), () => !body.children.length && place.replaceChildren(lines()));
        body.append(...contacts.map((contact) => this.row(contact)));
        onward.hidden = isAll;
        status.textContent = t(isAll ? "drill.all" : "drill.some", { count: body.children.length });
        if (body.children.length) place.replaceChildren(table);
        else place.replaceChildren(empty(isAll ? "empty.contacts" : "empty.so-far"));
      } catch (problem) {
        if (signal.aborted || !(problem instanceof ApiProblem)) return;
        place.replaceChildren(
          failed(problem, () => {
            body.replaceChildren();
            more = contactsOf(question, signal);
            load();
          }),
        );
      } finally {
        onward.disabled = false;
      }
    };
    await load();
  }

  /** @param {Contact} contact @returns {HTMLElement} */
  row(contact) {
    const moment = contact.enqueued_at ?? contact.initiated_at;
    const link = el("a", { href: address({ drill: "contact", contact: contact.contact_id }), "data-view": true, title: contact.contact_id }, moment ? this.moment(moment) : contact.contact_id);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, link),
      el("td", {}, word("channel", contact.channel)),
      el("td", {}, word("outcome", contact.outcome ?? contact.stage)),
      el("td", { title: exact("duration", contact.wait_seconds) }, spoken("duration", contact.wait_seconds)),
      el("td", { title: exact("duration", contact.handle_seconds) }, spoken("duration", contact.handle_seconds)),
      el("td", { title: contact.agent?.name }, contact.agent?.name ?? "–"),
    );
  }

  /** @param {string} id @param {Known} known @param {AbortSignal} signal */
  async contact(id, known, signal) {
    const back = el("button", { class: "quiet", onclick: () => history.back() }, t("drill.back"));
    const place = el("div", { class: "list" });
    const hand = this.hand(id);
    this.write(t("drill.contact"), hand ? [back, hand] : [back], place);
    try {
      const { contact, facts } = await patiently(get(`/contacts/${encodeURIComponent(id)}`, {}, signal), () => place.replaceChildren(lines()));
      place.replaceChildren(this.fields(contact), el("h3", {}, t("drill.facts", { count: facts.length })), this.facts(facts));
    } catch (problem) {
      if (signal.aborted || !(problem instanceof ApiProblem)) return;
      place.replaceChildren(failed(problem, () => this.contact(id, known, signal)));
    }
  }

  /** @param {{key: string, source: string, type: string, moment: string | null}[]} facts @returns {HTMLElement} */
  facts(facts) {
    const heads = ["moment", "type", "source"].map((name) => el("th", { scope: "col" }, t(`fact.${name}`)));
    const rows = facts.map(({ key, source, type, moment }) =>
      el("tr", { title: key }, el("th", { scope: "row" }, moment ? this.moment(moment) : "–"), el("td", {}, type), el("td", {}, word("fact", source))),
    );
    const table = el("table", {}, el("caption", { class: "sr" }, t("drill.facts", { count: facts.length })), el("thead", {}, el("tr", {}, heads)), el("tbody", { class: "facts" }, rows));
    return el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("drill.facts", { count: facts.length }) }, table);
  }

  /** Every field that arrived, those we have no word for under their own name: nothing known is hidden. @param {Record<string, unknown>} record */
  fields(record) {
    return el(
      "dl",
      { class: "fields" },
      Object.entries(record)
        .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && !value.length))
        .flatMap(([name, value]) => [el("dt", {}, word("contact", name)), el("dd", {}, this.value(name, value))]),
    );
  }

  /** @param {string} id */
  contactLink(id) {
    return el("a", { href: address({ drill: "contact", contact: id }), "data-view": true }, id);
  }

  /** @param {string} name @param {any} value @returns {string | HTMLElement} */
  value(name, value) {
    if (name === "went_on") return el("span", {}, value.map((/** @type {{contact_id: string}} */ next) => this.contactLink(next.contact_id)));
    if (typeof value === "object") return el("span", { title: value.id }, value.name ?? JSON.stringify(value));
    const said = String(value);
    if (name.endsWith("_contact_id")) return this.contactLink(said);
    if (name.endsWith("_at")) return el("time", { datetime: said, title: said }, this.moment(said));
    if (name.endsWith("_seconds") && typeof value === "number") return el("span", { title: exact("duration", value) }, spoken("duration", value));
    return name === "outcome" || name === "channel" || name === "stage" ? word(name === "stage" ? "outcome" : name, said) : said;
  }
}

/** Grey lines of a list that is on its way. @returns {HTMLElement} */
const lines = () => el("div", { class: "lines", "aria-hidden": "true" }, Array.from({ length: 6 }, () => el("span", { class: "skeleton" })));
