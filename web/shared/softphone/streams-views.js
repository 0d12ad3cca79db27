/** What Amazon Connect Streams tells of an agent, put into our words. Pure: the raw snapshot goes in, an `Agent` comes out. */

/**
 * @typedef {import("./softphone.js").Agent} Agent
 * @typedef {import("./softphone.js").Held} Held
 * @typedef {import("./softphone.js").Status} Status
 * @typedef {import("./softphone.js").Destination} Destination
 *
 * The shapes are those of the service model inside the package (GetAgentSnapshot, GetAgentConfiguration, GetEndpoints); the
 * contract test holds its pretended CCP to that model. Members that we do not read are left out.
 * @typedef {{agentStateARN?: string | null, type: string, name: string, startTimestamp?: Date}} RawState
 * @typedef {{endpointARN?: string | null, type: string, name?: string | null, phoneNumber?: string | null, agentLogin?: string | null, emailAddress?: string | null}} RawEndpoint
 * @typedef {{connectionId: string, endpoint?: RawEndpoint | null, state: {type: string, timestamp: Date}, type: string, initial: boolean, mute?: boolean, monitorStatus?: string | null, quickConnectName?: string | null}} RawConnection
 * @typedef {{queueARN?: string, name?: string}} RawQueue
 * @typedef {object} RawContact
 * @property {string} contactId
 * @property {string | null} [initialContactId]
 * @property {string} type  voice, queue_callback, chat, task or email
 * @property {{type: string, timestamp: Date}} state
 * @property {RawQueue | null} [queue]  missing for a contact that is monitored
 * @property {Date | null} [queueTimestamp]
 * @property {RawConnection[]} connections
 * @property {Record<string, {name: string, value?: string}> | null} attributes  null for a contact that is monitored
 * @property {string | null} [initiationMethod]
 * @property {string | null} [name]
 * @property {string | null} [description]
 * @property {RawEndpoint | null} [customerEndpoint]
 * @property {RawEndpoint | null} [connectSystemEndpoint]
 *
 * @typedef {object} RawAgent
 * @property {{state: RawState, nextState?: RawState | null, agentAvailabilityState?: {state?: string, timeStamp?: Date} | null, contacts: RawContact[], skew?: number}} snapshot
 * @property {{agentARN: string, username: string, name: string, agentStates: RawState[], routingProfile: {queues: RawQueue[]}}} configuration
 *
 * @typedef {object} Known what Streams tells by events alone, so that no snapshot holds it
 * @property {ReadonlySet<string>} accepted  contacts that this agent has accepted and that do not talk yet
 * @property {boolean} muted  whether the microphone is off
 * @property {Destination[]} destinations
 */

const CHANNELS = new Map(/** @type {[string, Held["channel"]][]} */ ([["chat", "CHAT"], ["task", "TASK"], ["email", "EMAIL"]]));
const STATES = new Map(
  /** @type {[string, Held["state"]][]} */ ([
    ["incoming", "incoming"],
    ["connected", "connected"],
    ["paused", "connected"],
    ["missed", "missed"],
    ["rejected", "rejected"],
    ["error", "error"],
    ["ended", "ended"],
  ]),
);
const DESTINATIONS = new Map(/** @type {[string, Destination["type"]][]} */ ([["phone_number", "number"], ["agent", "agent"], ["queue", "queue"]]));
const TALKS = new Set(["connected", "silent_monitor", "barge"]);
const LIVES = new Set([...TALKS, "connecting", "hold"]);

/** The id at the end of an ARN, by which the API and the local Connect name the same thing. @param {string | null | undefined} arn */
export const idOf = (arn) => arn?.split("/").pop() ?? "";

/** @param {RawAgent} told @param {Known} known @returns {Agent} */
export function agentOf({ snapshot, configuration }, known) {
  const statuses = configuration.agentStates.map(statusOf);
  return {
    id: idOf(configuration.agentARN),
    username: configuration.username,
    name: configuration.name,
    ...chosen(snapshot, statuses),
    next: snapshot.nextState ? statusOf(snapshot.nextState) : null,
    statuses,
    destinations: known.destinations,
    contacts: snapshot.contacts.map((contact) => heldOf(contact, known)),
  };
}

/** @param {RawEndpoint} endpoint a quick connect @returns {Destination} */
export function destinationOf({ endpointARN, name, phoneNumber, type }) {
  return { id: idOf(endpointARN), name: name ?? phoneNumber ?? "", type: DESTINATIONS.get(type) ?? "flow" };
}

/** The connection by which the agent, or a supervisor who listens, has the contact; either may be on the same call. @param {RawContact} contact */
export function ownConnection(contact) {
  const [first, second] = contact.initiationMethod?.toLowerCase() === "monitor" ? ["monitoring", "agent"] : ["agent", "monitoring"];
  return contact.connections.find(({ type }) => type === first) ?? contact.connections.find(({ type }) => type === second);
}

/** @param {RawContact} contact */
export function customerConnection(contact) {
  return contact.connections.find(({ initial, type }) => initial && type !== "agent" && type !== "monitoring");
}

/** Everybody else who is there, or whose telephone rings; supervisors are not among them. @param {RawContact} contact */
export function otherConnections(contact) {
  return contact.connections.filter(
    ({ initial, type, state, monitorStatus }) => !initial && type !== "agent" && type !== "monitoring" && !monitorStatus && LIVES.has(state.type),
  );
}

/** @param {RawState} state @returns {Status} */
function statusOf({ agentStateARN, name, type }) {
  return { id: idOf(agentStateARN), name, type: type === "routable" || type === "offline" ? type : "custom" };
}

/**
 * The status that the agent has chosen. While there is a contact, `state` says Busy and the like, and only the availability
 * state still names it.
 * @param {RawAgent["snapshot"]} snapshot @param {Status[]} statuses @returns {{status: Status, since: Date}}
 */
function chosen({ state, agentAvailabilityState: available }, statuses) {
  const named = statuses.find(({ name }) => name === available?.state);
  if (named) return { status: named, since: new Date(available?.timeStamp ?? state.startTimestamp ?? 0) };
  return { status: statusOf(state), since: new Date(state.startTimestamp ?? 0) };
}

/** @param {RawContact} contact @param {Known} known @returns {Held} */
function heldOf(contact, known) {
  const state = STATES.get(contact.state.type) ?? "connecting";
  const own = ownConnection(contact);
  const customer = customerConnection(contact);
  const other = otherConnections(contact)[0];
  const listens = own?.type === "monitoring";
  const held = contact.state.type === "paused" || customer?.state.type === "hold";
  return {
    id: contact.contactId,
    initialId: contact.initialContactId ?? null,
    channel: CHANNELS.get(contact.type) ?? "VOICE",
    method: contact.initiationMethod?.toUpperCase() ?? null,
    state,
    since: new Date(contact.state.timestamp),
    accepted: known.accepted.has(contact.contactId) || state === "connected" || state === "ended",
    held: state === "connected" && held,
    muted: state === "connected" && !CHANNELS.has(contact.type) && (known.muted || own?.mute === true),
    queue: contact.queue?.queueARN ? { id: idOf(contact.queue.queueARN), name: contact.queue.name ?? "" } : null,
    queuedAt: contact.queueTimestamp ? new Date(contact.queueTimestamp) : null,
    customer: addressOf(contact.customerEndpoint) ?? addressOf(customer?.endpoint),
    system: addressOf(contact.connectSystemEndpoint),
    attributes: Object.fromEntries(Object.entries(contact.attributes ?? {}).map(([key, { value }]) => [key, value ?? ""])),
    name: contact.name ?? null,
    description: contact.description ?? null,
    consult: other ? { id: other.connectionId, name: nameOf(other), state: other.state.type === "connecting" ? "ringing" : "talking" } : null,
    joined: other !== undefined && TALKS.has(other.state.type) && customer?.state.type === "connected",
    from: customer?.endpoint?.type === "agent" ? nameOf(customer) : null,
    supervision: listens ? (stage(own) === "barge" ? "joined" : "listening") : null,
    watched: contact.connections.some((each) => each !== own && stage(each) === "barge" && LIVES.has(each.state.type)),
    endsAt: null, // no snapshot tells it; the instance ends the work by itself all the same
  };
}

/** @param {RawConnection} connection */
const stage = ({ monitorStatus, state }) => (monitorStatus ?? state.type).toLowerCase();

/** @param {RawConnection} connection */
const nameOf = ({ endpoint, quickConnectName }) => quickConnectName ?? endpoint?.name ?? addressOf(endpoint) ?? endpoint?.agentLogin ?? "";

/** A number, without what surrounds it in a SIP address, or a mail address. @param {RawEndpoint | null | undefined} endpoint */
function addressOf(endpoint) {
  return endpoint?.phoneNumber?.replace(/^sip:([^@]*)@.*$/, "$1") ?? endpoint?.emailAddress ?? null;
}

/**
 * Amazon Connect's refusal as a sentence. Failures come as a word, a sentence, or either of them as JSON, once or twice over.
 * @param {unknown[]} failures what a failure callback was given @returns {string}
 */
export function sentenceOf(...failures) {
  const said = failures.map(unwrapped).filter((each) => each !== "");
  const sentence = said.find((each) => each.includes(" "));
  return sentence ?? `Amazon Connect did not do that (${said[0] ?? "it gave no reason"}): see what has become of the contact, then try again.`;
}

/** @param {unknown} failure @returns {string} */
function unwrapped(failure) {
  if (typeof failure === "object" && failure !== null) {
    const { message, errorMessage, type, errorType } = /** @type {Record<string, unknown>} */ (failure);
    return unwrapped(message || errorMessage || type || errorType || "");
  }
  const text = String(failure ?? "").trim();
  if (!/^["{]/.test(text)) return text;
  try {
    return unwrapped(JSON.parse(text));
  } catch {
    return text;
  }
}
