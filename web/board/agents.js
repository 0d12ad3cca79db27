/** Who works, what they do, and who of them needs somebody: the rules of the floor. */

/**
 * @typedef {{id: string, name: string | null}} Named
 * @typedef {"error" | "ringing" | "on_contact" | "after_contact_work" | "available" | "custom" | "offline"} State
 * @typedef {"harassment" | "help" | "waits_long" | "talks_long"} Why
 *
 * @typedef {object} Hand a contact in an agent's hands
 * @property {string} contact_id
 * @property {string} channel
 * @property {string} state  as Connect's agent events name it, such as CONNECTED_ONHOLD
 * @property {string} since
 * @property {Named | null} queue
 *
 * @typedef {object} Agent
 * @property {Named} agent
 * @property {Named | null} site
 * @property {State} state
 * @property {string | null} status  the chosen status, such as Lunch
 * @property {string} since
 * @property {Hand[]} contacts
 *
 * @typedef {object} Risk a contact about which somebody may have to do something
 * @property {string} contact_id
 * @property {Why} why
 * @property {string | null} queue
 * @property {string | null} queue_name
 * @property {Named | null} agent
 * @property {Named | null} site
 * @property {string} since
 * @property {number} seconds
 *
 * @typedef {{at: string, agents: Agent[], waiting: import("./quality.js").Waiting[], at_risk: Risk[]}} Told  the answer of `GET /floor`
 * @typedef {{site: Named | null, agents: Agent[], counts: [State, number][]}} Site
 */

/** Who is closest to needing somebody stands first. @type {State[]} */
export const STATES = ["error", "ringing", "on_contact", "after_contact_work", "available", "custom", "offline"];

/** People who call come before clocks that ran over. @type {Why[]} */
const WHYS = ["harassment", "help", "waits_long", "talks_long"];

/** Somebody asks; all else is only measured. @param {Why} why */
export const isCall = (why) => why === "harassment" || why === "help";

/** The worst first, then the longest. @param {Risk[]} risks @returns {Risk[]} */
export function worstFirst(risks) {
  return [...risks].sort((one, other) => WHYS.indexOf(one.why) - WHYS.indexOf(other.why) || other.seconds - one.seconds || (one.contact_id < other.contact_id ? -1 : 1));
}

/** The gravest reason why this agent needs somebody. @param {Agent} agent @param {Risk[]} sorted @returns {Risk | null} */
export function needOf(agent, sorted) {
  const hands = agent.contacts.map((hand) => hand.contact_id);
  return sorted.find((risk) => risk.why !== "waits_long" && hands.includes(risk.contact_id)) ?? null;
}

/** What an agent's place among the others follows from: it stays the same for as long as nothing happens. @param {Agent} agent @param {Risk | null} need */
export function rankOf(agent, need) {
  return { order: need ? WHYS.indexOf(need.why) - WHYS.length : STATES.indexOf(agent.state), since: Date.parse(need?.since ?? agent.since) };
}

/** Agents by site, who needs somebody first. Who is offline is counted; to see them one asks for them.
 * @param {Told} told @param {State | null} only @param {(site: Named | null) => string} nameOf @param {string} language @returns {Site[]} */
export function bySite(told, only, nameOf, language) {
  /** @type {Map<string | null, Agent[]>} */
  const sites = new Map();
  for (const agent of told.agents) {
    const here = sites.get(agent.site?.id ?? null);
    if (here) here.push(agent);
    else sites.set(agent.site?.id ?? null, [agent]);
  }
  const risks = worstFirst(told.at_risk);
  return [...sites.values()]
    .map((everybody) => ({
      site: everybody[0].site,
      counts: STATES.map((state) => /** @type {[State, number]} */ ([state, everybody.filter((agent) => agent.state === state).length])).filter(([, count]) => count),
      agents: everybody
        .filter((agent) => (only ? agent.state === only : agent.state !== "offline"))
        .map((agent) => ({ agent, rank: rankOf(agent, needOf(agent, risks)) }))
        .sort((one, other) => one.rank.order - other.rank.order || one.rank.since - other.rank.since || (one.agent.agent.id < other.agent.agent.id ? -1 : 1))
        .map(({ agent }) => agent),
    }))
    .sort((one, other) => nameOf(one.site).localeCompare(nameOf(other.site), language));
}

/** Spoken contacts and chats can be listened to while an agent has them. @param {Hand} hand */
const isTalk = (hand) => (hand.channel === "VOICE" || hand.channel === "CHAT") && hand.state.startsWith("CONNECTED");

/** Who talks on this contact, if a supervisor can listen there. @param {Told} told @param {string} contactId @returns {Agent | null} */
export function talkerOn(told, contactId) {
  return told.agents.find((agent) => agent.contacts.some((hand) => hand.contact_id === contactId && isTalk(hand))) ?? null;
}

/** @param {string} since @param {string} at */
export const secondsFrom = (since, at) => Math.max(0, (Date.parse(at) - Date.parse(since)) / 1000);
