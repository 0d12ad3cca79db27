/** The account panel: whom a keyed card has named, how sure that is, the second check, and card entry in the call. */

import { byId, el, say } from "../shared/dom.js";
import { language, t, word } from "../shared/i18n.js";
import { PATIENCE } from "../shared/states.js";
import { cardEntry, mayKey } from "./hands.js";
import { names } from "./identity.js";
import { lasting, remaining } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 * @typedef {import("./identity.js").Case} Case
 * @typedef {import("./identity.js").Identity} Identity
 * @typedef {import("./identity.js").Member} Member
 * @typedef {object} Does
 * @property {() => void} key  lets the customer key a card
 * @property {() => void} undo  says that it is somebody else, or takes that back
 * @property {(text: string) => void} aloud
 */

const LONGEST = 200; // characters, as the API takes them
const STILL_TYPING = 1_500; // milliseconds between two keys of one number, at most
/** A card number, however it is spaced: the API refuses it, and here it does not even stay on the page. */
const CARD = /\d(?:[^\p{L}\d]*\d){12}/u;

/** @type {Record<string, string>} */
const SIGNS = { identified: "▲", several: "▲", ended: "■", verified: "✓", undone: "✕" };

/** @param {string} message @param {(Node | string)[]} known */
const fact = (message, ...known) => [el("dt", {}, t(message)), ...known.map((one) => el("dd", {}, one))];

export class Account {
  /** @param {Identity} identity @param {Does} does */
  constructor(identity, does) {
    this.identity = identity;
    this.does = does;
    this.place = byId("account");
    /** @type {Held | null} */
    this.held = null;
    this.drawn = "";
    this.told = "";
    /** Attributes by which the flow says that a card has named somebody, at the last look. @type {Map<string, string>} */
    this.named = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.patience;
    this.standing = el("p", { class: "standing" });
    this.facts = el("div", { class: "members" });
    this.form = el("form", { class: "check" });
    this.outcome = el("p", { class: "outcome" });
    this.acts = el("div", { class: "account-acts" });
  }

  /** @param {Agent} agent @param {Held | null} held */
  draw(agent, held) {
    this.held = held;
    for (const id of this.named.keys()) if (id !== held?.id && !agent.contacts.some((one) => one.id === id)) this.named.delete(id);
    const drawn = `${held?.id}/${language()}`;
    if (drawn !== this.drawn) this.build(held);
    this.drawn = drawn;
    if (!held) return;
    this.lookIfNew(held);
    const now = this.identity.of(held.id);
    const mayEnter = mayKey(held) && cardEntry(agent) !== null && !names(now.answer);
    const told = JSON.stringify([now, now.problem?.kind, held.keying, mayEnter]);
    if (told === this.told) return;
    this.told = told;
    this.place.removeAttribute("aria-busy");
    this.drawStanding(held, now);
    this.drawFacts(held.keying ? [] : (now.answer?.accounts ?? []));
    this.form.hidden = Boolean(held.keying) || !now.answer?.tries_left || now.until !== null || now.outcome === "undoing";
    this.form.toggleAttribute("data-busy", now.outcome === "checking");
    this.drawOutcome(now);
    this.drawActs(now, mayEnter);
    this.place.hidden = !this.place.querySelector(":scope > :not([hidden]):not(h3)");
  }

  /** @param {Held | null} held */
  build(held) {
    this.told = "";
    clearTimeout(this.patience);
    this.place.hidden = true;
    this.place.replaceChildren();
    if (!held) return;
    this.buildForm(held);
    this.place.replaceChildren(el("h3", { id: "account-title" }, t("account.title")), this.standing, this.facts, this.form, this.outcome, this.acts);
  }

  /** Asks for what is not known yet, and again when the flow has named somebody. @param {Held} held */
  lookIfNew(held) {
    const named = held.attributes.account_id ?? "";
    if (this.named.get(held.id) === named) return;
    this.named.set(held.id, named);
    void this.identity.look(held.id);
    this.patience = setTimeout(() => this.toCome(held), PATIENCE);
  }

  /** A place kept for what takes longer than a blink. @param {Held} held */
  toCome(held) {
    const { answer, problem } = this.identity.of(held.id);
    if (answer || problem || this.held?.id !== held.id) return;
    this.told = "";
    this.place.hidden = false;
    this.place.setAttribute("aria-busy", "true");
    this.standing.hidden = false;
    this.standing.replaceChildren(el("span", { class: "skeleton", "aria-hidden": "true" }));
    for (const node of [this.facts, this.form, this.outcome, this.acts]) node.hidden = true;
  }

  /** @param {Held} held @param {Case} now */
  drawStanding(held, { answer, problem }) {
    const state = names(answer) && answer?.state !== "verified" && !answer?.tries_left ? "ended" : (answer?.state ?? "none");
    this.standing.hidden = !held.keying && !problem && !(state in SIGNS);
    this.standing.dataset.state = held.keying ? "keying" : problem ? "problem" : state;
    if (held.keying) this.standing.replaceChildren(el("strong", {}, t("account.keying")), " ", lasting(held.keying), el("span", { class: "quiet-text" }, t("account.keying.how")));
    else if (problem) this.standing.replaceChildren(el("strong", {}, t("account.problem")), " ", el("span", {}, problem.message || t("account.problem.how")), " ", el("button", { type: "button", onclick: () => void this.identity.look(held.id) }, t("retry")));
    else if (state in SIGNS) this.standing.replaceChildren(el("strong", {}, `${SIGNS[state]} ${t(`account.${state}`)}`), el("span", { class: "quiet-text" }, t(`account.${state}.how`)));
  }

  /** @param {Member[]} accounts */
  drawFacts(accounts) {
    this.facts.hidden = !accounts.length;
    this.facts.replaceChildren(
      ...accounts.map((one) =>
        el(
          "dl",
          { class: "account-facts" },
          one.name === null ? [] : fact("account.name", one.name),
          fact("account.id", one.account_id),
          one.addresses?.length ? fact("account.addresses", ...one.addresses) : [],
          fact("attribute.language", word("attribute.language", one.language)),
          fact("account.status", word("account.status", one.status)),
        ),
      ),
    );
  }

  /** @param {Case} now */
  drawOutcome({ answer, outcome, why, until }) {
    const left = answer?.tries_left ?? 0;
    const sentence = until || !outcome ? "" : [t(`check.${outcome}`, { left }), why].filter(Boolean).join(" ");
    // That the checks are over stands above already.
    this.outcome.hidden = !sentence || outcome === "passed" || outcome === "ended";
    this.outcome.dataset.outcome = outcome;
    if (sentence && sentence !== this.outcome.textContent) this.does.aloud(sentence);
    say(this.outcome, sentence);
  }

  /** @param {Case} now @param {boolean} mayEnter */
  drawActs({ answer, until, outcome }, mayEnter) {
    const pending = until !== null;
    const hadFocus = this.acts.contains(document.activeElement);
    const mayUndo = names(answer) && outcome !== "undoing" && !this.held?.keying;
    this.acts.replaceChildren(
      mayEnter ? act("card-entry", "card.key", "p", this.does.key) : "",
      mayUndo ? act("not-this", pending ? "account.keep" : "account.not-this", "u", this.does.undo) : "",
      pending && until ? el("span", { class: "pending" }, t("account.undoing"), " ", remaining(until)) : "",
    );
    this.acts.hidden = !mayEnter && !mayUndo;
    // A button that is written anew keeps the focus that its predecessor had.
    if (hadFocus) this.acts.querySelector("button")?.focus();
  }

  /** @param {Held} held */
  buildForm(held) {
    const asked = el("select", { id: "check-fact" }, el("option", { value: "address" }, t("check.address")), el("option", { value: "name" }, t("check.name")));
    const said = el("input", { id: "check-said", type: "text", autocomplete: "off", spellcheck: "false", maxlength: LONGEST, required: true, "aria-describedby": "check-how" });
    const how = el("p", { id: "check-how", class: "quiet-text" }, t("check.how"));
    this.form.replaceChildren(
      el("label", { for: "check-fact" }, t("check.asked")),
      asked,
      el("label", { for: "check-said", title: `${t("key.check")} (v)` }, t("check.said")),
      el("div", { class: "check-row" }, said, el("button", { class: "primary", title: `${t("check.do")} (Enter)` }, t("check.do"))),
      how,
    );
    let wipedAt = -Infinity;
    said.addEventListener("input", ({ timeStamp }) => {
      const typed = said.value.normalize("NFKC");
      // Fingers that are in the middle of a number go on for a moment: its last digits are no answer either.
      const isRest = timeStamp - wipedAt < STILL_TYPING && !/\p{L}/u.test(typed);
      const isCard = isRest || CARD.test(typed);
      if (isCard) wipedAt = timeStamp;
      // Nobody is to read it from this screen, or from a recording of it.
      if (isCard) said.value = "";
      say(how, t(isCard ? "check.card" : "check.how"));
      how.classList.toggle("wrong", isCard);
    });
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      if (this.identity.of(held.id).outcome === "checking") return;
      // What did not get through is not lost.
      if (await this.identity.check(held.id, asked.value === "name" ? "name" : "address", said.value)) said.value = "";
    };
  }
}

/** @param {string} id @param {string} message @param {string} key @param {() => void} press */
const act = (id, message, key, press) => el("button", { type: "button", id, title: `${t(message)} (${key})`, "aria-keyshortcuts": key, onclick: press }, t(message));
