/** Card entry in the call: with whom it goes on, since when, and who has just come back from it. */

import { takesCards } from "./hands.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 * @typedef {{since: number, consult: string | null}} Entry  `consult` is null until the softphone has told of it
 */

const PREFIX = "tsunagu.entry/";
const UNSEEN = 5_000; // milliseconds after which a transfer that nobody has told of counts as over

/** @param {string} contactId @returns {Entry | null} */
const kept = (contactId) => JSON.parse(sessionStorage.getItem(PREFIX + contactId) ?? "null");

export class Entries {
  /** @param {() => number} now the other side's clock @param {(contactId: string) => void} over told once for each entry that is over */
  constructor(now, over) {
    this.now = now;
    this.over = over;
    /** @type {Map<string, Entry>} */
    this.known = new Map();
  }

  /** The customer is about to be sent to it. @param {string} contactId */
  begin(contactId) {
    this.keep(contactId, { since: this.now(), consult: null });
  }

  /** They were sent, or were not. @param {string} contactId @param {boolean} isSent */
  sent(contactId, isSent) {
    if (!isSent) this.unseen(contactId, false);
    else setTimeout(() => this.unseen(contactId, true), UNSEEN);
  }

  /** Says of each contact since when its customer keys a number. @param {Agent} agent @returns {Agent} */
  follow(agent) {
    const contacts = agent.contacts.map((held) => ({ ...held, keying: this.since(held) }));
    for (const [id, { consult }] of [...this.known]) if (consult !== null && !contacts.some((held) => held.id === id && held.keying)) this.end(id);
    return { ...agent, contacts };
  }

  /** @param {Held} held @returns {Date | null} */
  since({ id, state, consult }) {
    if (state !== "connected" || !consult) return null;
    // After a reload this page still knows what it began, and another tab of the agent's sees it by the name.
    const entry = this.known.get(id) ?? kept(id);
    const isIt = entry ? entry.consult === null || entry.consult === consult.id : takesCards(consult);
    if (!isIt) return null;
    const { since } = entry ?? { since: this.now() };
    if (!this.known.has(id) || entry?.consult === null) this.keep(id, { since, consult: consult.id });
    return new Date(since);
  }

  /** @param {string} contactId @param {boolean} isOver */
  unseen(contactId, isOver) {
    if (this.known.get(contactId)?.consult !== null) return;
    this.forget(contactId);
    if (isOver) this.over(contactId);
  }

  /** @param {string} contactId */
  end(contactId) {
    this.forget(contactId);
    this.over(contactId);
  }

  /** @param {string} contactId @param {Entry} entry */
  keep(contactId, entry) {
    this.known.set(contactId, entry);
    sessionStorage.setItem(PREFIX + contactId, JSON.stringify(entry));
  }

  /** @param {string} contactId */
  forget(contactId) {
    this.known.delete(contactId);
    sessionStorage.removeItem(PREFIX + contactId);
  }
}
