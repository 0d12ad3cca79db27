/** What an agent has in hand, in which order it matters, and what may be done with it: rules only. */

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("../shared/softphone/softphone.js").Destination} Destination
 * @typedef {import("../shared/softphone/softphone.js").Held & {keying?: Date | null}} Held  `keying`: since when the customer keys a card number
 * @typedef {"accept" | "reject" | "mute" | "hold" | "transfer" | "conference" | "leave" | "end" | "closeWork"} Act
 * @typedef {"ringing" | "dialling" | "talking" | "held" | "keying" | "listening" | "work" | "missed"} Situation
 */

/** What the agent would see of this contact. @param {Held} held @returns {Situation} */
export function situation(held) {
  switch (held.state) {
    case "missed":
    case "rejected":
    case "error":
      return "missed";
    case "ended":
      return "work";
    case "connected":
      if (held.keying) return "keying";
      return held.supervision === "listening" ? "listening" : held.held && !held.joined ? "held" : "talking";
    default:
      // What the agent has dialled, or has accepted already, rings somewhere else.
      return held.accepted || held.method === "OUTBOUND" ? "dialling" : "ringing";
  }
}

/** @param {Held} held */
const isLive = (held) => ["dialling", "talking", "held", "keying", "listening"].includes(situation(held));

/** @type {Situation[]} */
const ORDER = ["ringing", "talking", "held", "keying", "listening", "dialling", "work", "missed"];
const CHANNELS = ["VOICE", "CHAT", "TASK", "EMAIL"];

/** Calls before written things; among equals, what rings before what waits to be cleared, the oldest first. @param {Held[]} contacts */
export function ordered(contacts) {
  /** @param {Held} held */
  const rank = (held) => [CHANNELS.indexOf(held.channel), ORDER.indexOf(situation(held)), (held.queuedAt ?? held.since).getTime()];
  return contacts
    .map((held) => ({ held, rank: rank(held) }))
    .sort((one, other) => one.rank.map((part, index) => part - other.rank[index]).find((difference) => difference) ?? 0)
    .map(({ held }) => held);
}

/** The contact that rings longest. @param {Agent} agent */
export const ringing = (agent) => ordered(agent.contacts).find((held) => situation(held) === "ringing") ?? null;

/** The call that the softphone is busy with. @param {Agent} agent */
export const call = (agent) => agent.contacts.find((held) => held.channel === "VOICE" && isLive(held)) ?? null;

/** Whether an act is possible with this contact. @param {Act} act @param {Held} held */
export function may(act, held) {
  const now = situation(held);
  const isCall = held.channel === "VOICE";
  // While the customer keys a number nobody takes them off hold, joins them or hands them over: the agent would hear it.
  const talks = now === "talking" || now === "held";
  const own = held.supervision === null;
  switch (act) {
    case "accept":
    case "reject":
      return now === "ringing";
    case "mute":
      return isCall && talks;
    case "hold":
      return isCall && talks && own;
    case "transfer":
      return talks && own && held.consult === null;
    case "conference":
      return now === "listening" || (talks && held.consult?.state === "talking" && !held.joined);
    case "leave":
      return talks && held.consult !== null;
    case "end":
      return isLive(held);
    case "closeWork":
      return now === "work" || now === "missed";
  }
}

/** The contact that an act is meant for: what rings, the call, else what the agent has before them. Never something out of sight, but for clearing.
 * @param {Act} act @param {Agent} agent @param {string | null} chosen @returns {Held | null} */
export function target(act, agent, chosen) {
  const before = agent.contacts.find((held) => held.id === chosen);
  const candidates = [call(agent), before, ...(act === "accept" || act === "reject" || act === "closeWork" ? ordered(agent.contacts) : [])];
  return candidates.find((held) => held && may(act, held)) ?? null;
}

/** Whether a call for help, or a mark, can be about this contact. @param {Held} held */
export const isMarkable = (held) => held.supervision === null && ["talking", "held", "keying", "work"].includes(situation(held));

/** Where the caller of a harassing call can be sent, so that a voice says goodbye in our place. @param {Agent} agent */
export const closing = (agent) => agent.destinations.find(({ type, name }) => type === "flow" && /clos|終了|終話/i.test(name)) ?? null;

/** Whether a destination is the flow in which customers key their card number. @param {Pick<Destination, "name">} destination */
export const takesCards = ({ name }) => /card entry|カード番号/i.test(name);

/** Where a customer is sent to key a card number. @param {Agent} agent */
export const cardEntry = (agent) => agent.destinations.find((one) => one.type === "flow" && takesCards(one)) ?? null;

/** Whether the customer of this contact can be asked to key a card number now. @param {Held} held */
export const mayKey = (held) => held.channel === "VOICE" && may("transfer", held);

/** By what the agent knows this contact. @param {Held} held */
export const title = (held) => held.name ?? held.customer ?? held.queue?.name ?? held.id.slice(0, 8);
