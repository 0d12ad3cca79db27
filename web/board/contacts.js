/** Contacts behind a figure: which ones belong to it, fetched page after page until there is something to read. */

import { get } from "../shared/api.js";
import { NOWHERE } from "./quality.js";

/**
 * @typedef {{id: string, name: string}} Named
 * @typedef {object} Contact
 * @property {string} contact_id
 * @property {string | null} [channel]
 * @property {Named | null} [site]
 * @property {Named | null} [queue]
 * @property {string | null} [outcome]
 * @property {string} [stage]
 * @property {string} [initiated_at]
 * @property {string | null} [enqueued_at]
 * @property {number | null} [wait_seconds]
 * @property {number | null} [handle_seconds]
 * @property {Named | null} [agent]
 *
 * @typedef {{figure: string, queues: string[], from: string, to: string, site: string | null, channel: string | null}} Question
 */

const ENOUGH = 25; // rows that fill a screen
const PATIENT = 8; // pages looked through for them before a person is asked whether to go on

/** @type {Record<string, (contact: Contact) => boolean>} */
const BELONGS = {
  arrived: () => true,
  offered: (contact) => Boolean(contact.enqueued_at),
  service_level: (contact) => Boolean(contact.enqueued_at),
  answer_rate: (contact) => Boolean(contact.enqueued_at),
  longest_wait: (contact) => Boolean(contact.enqueued_at),
  waiting: (contact) => contact.stage === "waiting",
  answered: (contact) => contact.outcome === "answered",
  average_speed_of_answer: (contact) => contact.outcome === "answered",
  average_handle_time: (contact) => contact.outcome === "answered",
  abandoned: (contact) => contact.outcome === "abandoned",
  callbacks_promised: (contact) => contact.outcome === "callback_promised",
  transferred: (contact) => contact.outcome === "transferred",
  turned_away: (contact) => contact.outcome === "turned_away",
  left_in_menu: (contact) => contact.outcome === "left_in_menu",
};

/** Pages through the queues one after the other; each call of `more` brings the next screenful.
 * @param {Question} question @param {AbortSignal} signal */
export function contactsOf(question, signal) {
  const belongs = BELONGS[question.figure] ?? BELONGS.arrived;
  const queues = [...question.queues];
  /** @type {string | null} */
  let next = null;

  /** @param {Contact} contact */
  const wanted = (contact) =>
    belongs(contact) &&
    (question.channel === null || (contact.channel ?? NOWHERE) === question.channel) &&
    (question.site === null || (contact.site?.id ?? NOWHERE) === question.site);

  /** @returns {Promise<{contacts: Contact[], isAll: boolean}>} */
  async function more() {
    /** @type {Contact[]} */
    const contacts = [];
    for (let page = 0; page < PATIENT && queues.length && contacts.length < ENOUGH; page += 1) {
      const answer = await get("/contacts", { queue: queues[0], from: question.from, to: question.to, next }, signal);
      contacts.push(...answer.contacts.filter(wanted));
      next = answer.next ?? null;
      if (next === null) queues.shift();
    }
    return { contacts, isAll: !queues.length };
  }

  return more;
}
