/** The line to Amazon Connect: whether Streams and its CCP answer, to whom, and what they tell. */

import { who } from "../session.js";
import { Ccp, loadStreams } from "./streams-ccp.js";
import { agentOf, destinationOf, idOf } from "./streams-views.js";

/**
 * @typedef {import("./softphone.js").Seen} Seen
 * @typedef {import("./softphone.js").Destination} Destination
 * @typedef {import("./streams-views.js").RawAgent} RawAgent
 * @typedef {{denied: boolean, stranger: boolean, unknown: boolean, silent: boolean, offline: boolean}} Trouble  what keeps the line from being open
 */

const PATIENCE = 30_000; // milliseconds between attempts to load a CCP that does not answer; shorter ones would cut a call that lives
const RELOAD = 10_000; // milliseconds until the library is asked for again when our own server did not answer
const FAREWELL = 3_000; // milliseconds that the CCP has for signing out
const ACTIVE = 60_000; // milliseconds between signs of life, without which the instance signs an agent out who works on our page alone

/** @type {Trouble} */
const NONE = { denied: false, stranger: false, unknown: false, silent: false, offline: false };

/** Watched, opened and closed as every softphone is; the commands are its subclass's. */
export class StreamsLine {
  /** @protected @type {Seen} */
  seen = { line: "opening", why: "", agent: null, ahead: 0 };
  /** @type {Set<(seen: Seen) => void>} */
  #listeners = new Set();
  /** @type {Ccp | null} */
  #ccp = null;
  /** What holds only while the line is wanted. @type {AbortController | null} */
  #wanted = null;
  #trouble = NONE;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #retry;
  /** @protected @type {RawAgent | null} */
  told = null;
  /** @type {Set<string>} */
  #accepted = new Set();
  #muted = false;
  /** Quick connects as Streams gave them, by our id. @protected @type {Map<string, connect.Endpoint>} */
  endpoints = new Map();
  /** @type {Destination[]} */
  #destinations = [];
  #queues = "";
  #activeAt = 0;
  /** @protected */
  url;
  #region;
  #idToken;

  /** @param {string} ccpUrl @param {string} region @param {() => Promise<string>} idToken says whose desk this is */
  constructor(ccpUrl, region, idToken) {
    this.url = ccpUrl.endsWith("/") ? ccpUrl : `${ccpUrl}/`;
    this.#region = region;
    this.#idToken = idToken;
  }

  /** @param {(seen: Seen) => void} listener */
  watch(listener) {
    this.#listeners.add(listener);
    listener(this.seen);
    return () => void this.#listeners.delete(listener);
  }

  open() {
    if (this.#wanted) return this.#openAgain();
    this.#wanted = new AbortController();
    void this.#start(this.#wanted.signal);
  }

  async close() {
    this.#wanted?.abort();
    this.#wanted = null;
    this.#tryAgain(false);
    this.#ccp?.end();
    this.#ccp = null;
    this.told = null;
    this.#queues = "";
    this.#destinations = [];
    this.#muted = false;
    this.#trouble = NONE;
    this.#see({ line: "opening", why: "", agent: null });
  }

  /** Tells the CCP that the agent goes, and waits until it has heard. @protected */
  async dismiss() {
    this.#wanted?.abort();
    this.#wanted = null;
    await new Promise((done) => {
      connect.core.getEventBus().subscribe(connect.EventType.TERMINATED, done);
      setTimeout(done, FAREWELL);
      /** @type {any} */ (connect.core).getUpstream().sendUpstream(connect.EventType.TERMINATE);
    });
    await this.close();
  }

  /** @param {AbortSignal} signal ends with the wish for a line */
  async #start(signal) {
    this.#judge();
    try {
      await Promise.all([loadStreams(), this.#idToken()]);
    } catch {
      this.#judge({ silent: true });
      setTimeout(() => signal.aborted || void this.#start(signal), RELOAD);
      return;
    }
    if (signal.aborted) return;
    this.#ccp = new Ccp(this.url, this.#region);
    this.#listen(signal);
  }

  /** Somebody asks once more for a line that was refused. */
  #openAgain() {
    if (this.seen.line !== "refused" || !this.#ccp) return;
    if (this.#trouble.unknown) this.#ccp.signIn();
    this.told = null;
    this.#judge({ denied: false, stranger: false, unknown: false });
    this.#ccp.reload();
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const bus = connect.core.getEventBus();
    bus.subscribe(connect.AgentEvents.UPDATE, (/** @type {RawAgent} */ told) => this.#heard(told));
    bus.subscribe(connect.EventType.ACKNOWLEDGE, () => this.#trouble.silent && this.#judge({ silent: false }));
    // A CCP that has never answered has most likely sent its frame to a sign-in page.
    bus.subscribe(connect.EventType.ACK_TIMEOUT, () => this.#judge(this.told ? { silent: true } : { unknown: true }));
    for (const gone of [connect.EventType.AUTH_FAIL, connect.EventType.TERMINATED]) bus.subscribe(gone, () => this.#judge({ unknown: true }));
    bus.subscribe(connect.EventType.ACCESS_DENIED, () => this.#judge({ denied: true }));
    bus.subscribe(connect.ContactEvents.ACCEPTED, (/** @type {{contactId: string}} */ { contactId }) => {
      this.#accepted.add(contactId);
      this.#judge();
    });
    bus.subscribe(connect.AgentEvents.MUTE_TOGGLE, (/** @type {{muted?: boolean}} */ { muted }) => {
      this.#muted = muted === true;
      this.#judge();
    });
    addEventListener("online", () => this.#judge({ offline: false }), { signal });
    addEventListener("offline", () => this.#judge({ offline: true }), { signal });
    for (const sign of ["keydown", "pointerdown"]) addEventListener(sign, () => this.#tellActivity(), { signal, capture: true });
    this.#judge({ silent: false, offline: !navigator.onLine });
  }

  /** @param {RawAgent} told */
  #heard(told) {
    this.told = told;
    const here = new Set(told.snapshot.contacts.map(({ contactId }) => contactId));
    for (const id of this.#accepted) if (!here.has(id)) this.#accepted.delete(id);
    this.#judge({ denied: false, stranger: !isOurs(told.configuration.username), unknown: false, silent: false });
    if (this.seen.line === "open") this.#askForDestinations(told.configuration.routingProfile.queues.map(({ queueARN }) => queueARN ?? ""));
  }

  /** Works out what the line is, and tells it together with what is known of the agent. @param {Partial<Trouble>} [change] */
  #judge(change = {}) {
    if (!this.#wanted) return;
    this.#trouble = { ...this.#trouble, ...change };
    const { denied, stranger, unknown, silent, offline } = this.#trouble;
    if (denied) this.#see({ line: "refused", why: "origin" });
    else if (unknown) this.#see({ line: "refused", why: "instance" });
    else if (stranger) this.#see({ line: "refused", why: "agent" });
    else if (silent || offline) this.#see({ line: "lost", why: "" });
    else if (!this.told) this.#see({ line: "opening", why: "" });
    else {
      const known = { accepted: this.#accepted, muted: this.#muted, destinations: this.#destinations };
      this.#see({ line: "open", why: "", agent: agentOf(this.told, known), ahead: this.told.snapshot.skew ?? 0 });
    }
    this.#tryAgain(!denied && (unknown || silent || !this.told));
  }

  /** Loads a CCP that does not answer from time to time: the agent may have signed in elsewhere. @param {boolean} wanted */
  #tryAgain(wanted) {
    if (wanted) this.#retry ??= setInterval(() => this.#ccp?.reload(), PATIENCE);
    else {
      clearInterval(this.#retry);
      this.#retry = undefined;
    }
  }

  /** @param {Partial<Seen>} news */
  #see(news) {
    const before = this.seen;
    this.seen = { ...before, ...news };
    const keys = /** @type {(keyof Seen)[]} */ (Object.keys(news));
    if (keys.every((key) => before[key] === this.seen[key])) return;
    for (const listener of this.#listeners) listener(this.seen);
  }

  /** Asks for quick connects when the agent's queues have changed. @param {string[]} queues ARNs */
  #askForDestinations(queues) {
    const asked = queues.join();
    if (asked === this.#queues) return;
    this.#queues = asked;
    new connect.Agent().getEndpoints(queues, {
      success: ({ endpoints }) => {
        if (asked !== this.#queues) return;
        this.endpoints = new Map(endpoints.map((endpoint) => [idOf(endpoint.endpointARN), endpoint]));
        this.#destinations = endpoints.map(destinationOf);
        this.#judge();
      },
      // The next snapshot asks anew.
      failure: () => void (this.#queues = ""),
    });
  }

  #tellActivity() {
    if (this.seen.line !== "open" || Date.now() - this.#activeAt < ACTIVE) return;
    this.#activeAt = Date.now();
    /** @type {any} */ (connect).sendActivity();
  }
}

/**
 * Whether desk and telephone are the same person's: the instance's cookies may be those of a colleague who sat here before.
 * Cognito puts an identity provider's name before those whom it vouches for.
 * @param {string} username at the instance
 */
function isOurs(username) {
  const [ours, theirs] = [who()?.username ?? "", username].map((name) => name.toLowerCase());
  return ours === theirs || ours.endsWith(`_${theirs}`);
}
