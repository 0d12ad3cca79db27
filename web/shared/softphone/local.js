/** The softphone at the local Connect: one WebSocket, which comes back by itself and never pretends that a command arrived. */

import { SoftphoneProblem } from "./problem.js";

/**
 * @typedef {import("./softphone.js").Agent} Agent
 * @typedef {import("./softphone.js").Seen} Seen
 * @typedef {import("./softphone.js").Softphone} Softphone
 * @typedef {{done: () => void, failed: (problem: SoftphoneProblem) => void, timer: ReturnType<typeof setTimeout>}} Asked
 */

const FIRST_PAUSE = 500; // milliseconds; doubled after each attempt, and spread so that a whole floor does not knock at once
const LONGEST_PAUSE = 10_000; // shorter than the 15 s after which the centre takes an agent's call back
const UNANSWERED = 6_000; // milliseconds after which a line that says nothing counts as dead
const SILENT = 40_000; // milliseconds; the centre says at least the time every 15 s, so a line that says less than that is dead
const TOKEN_LOOK = 20_000; // the session renews a token a minute before it ends, so looking this often is early enough

/** Close codes of the centre. */
const REFUSED = new Map([[4401, "token"], [4403, "agent"]]);
const TOO_MANY = 4429;

/** @param {string | null} text */
const moment = (text) => (text === null ? null : new Date(text));

/** The agent as the wire tells it, its moments as dates. @param {any} told @returns {Agent} */
function agentOf(told) {
  const contacts = told.contacts.map((/** @type {any} */ held) => ({ ...held, since: new Date(held.since), queuedAt: moment(held.queuedAt), endsAt: moment(held.endsAt) }));
  return { ...told, since: new Date(told.since), contacts };
}

/** @implements {Softphone} */
export class LocalSoftphone {
  /** @type {Seen} */
  #seen = { line: "opening", why: "", agent: null, ahead: 0 };
  /** @type {Set<(seen: Seen) => void>} */
  #listeners = new Set();
  /** @type {WebSocket | null} */
  #socket = null;
  /** What holds only while the line is wanted: listeners of the window, the look at the token. @type {AbortController | null} */
  #wanted = null;
  #attempt = 0;
  #pause = FIRST_PAUSE;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  /** @type {Map<number, Asked>} */
  #asked = new Map();
  #last = 0;
  #token = "";
  #path;
  #idToken;

  /** @param {string} path of the WebSocket, on this origin @param {() => Promise<string>} idToken */
  constructor(path, idToken) {
    this.#path = path;
    this.#idToken = idToken;
  }

  /** @param {(seen: Seen) => void} listener */
  watch(listener) {
    this.#listeners.add(listener);
    listener(this.#seen);
    return () => void this.#listeners.delete(listener);
  }

  open() {
    if (this.#wanted) return;
    this.#wanted = new AbortController();
    const { signal } = this.#wanted;
    const look = setInterval(() => void this.#lookAtToken(), TOKEN_LOOK);
    signal.addEventListener("abort", () => clearInterval(look));
    addEventListener("online", () => this.#seen.line === "lost" && this.#connect(), { signal });
    // A browser that knows it is offline tells sooner than a socket that waits for an answer.
    addEventListener("offline", () => this.#drop(), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && this.#seen.line === "lost" && this.#connect(), { signal });
    this.#tell({ line: "opening", why: "" });
    void this.#connect();
  }

  async close() {
    this.#unwant();
    this.#hangUp();
  }

  signOut() {
    return this.#ask("signOut");
  }

  /** @param {string} status */
  setStatus(status) {
    return this.#ask("setStatus", { status });
  }

  /** @param {string} contact */
  accept(contact) {
    return this.#ask("accept", { contact });
  }

  /** @param {string} contact */
  reject(contact) {
    return this.#ask("reject", { contact });
  }

  /** @param {string} contact */
  end(contact) {
    return this.#ask("end", { contact });
  }

  /** @param {string} contact */
  closeWork(contact) {
    return this.#ask("closeWork", { contact });
  }

  /** @param {string} contact */
  hold(contact) {
    return this.#ask("hold", { contact });
  }

  /** @param {string} contact */
  resume(contact) {
    return this.#ask("resume", { contact });
  }

  /** @param {string} contact */
  mute(contact) {
    return this.#ask("mute", { contact });
  }

  /** @param {string} contact */
  unmute(contact) {
    return this.#ask("unmute", { contact });
  }

  /** @param {string} contact @param {string} destination */
  transfer(contact, destination) {
    return this.#ask("transfer", { contact, destination });
  }

  /** @param {string} contact */
  conference(contact) {
    return this.#ask("conference", { contact });
  }

  /** @param {string} contact */
  leave(contact) {
    return this.#ask("leave", { contact });
  }

  /** @param {string} number */
  dial(number) {
    return this.#ask("dial", { number });
  }

  /** @param {string} contact */
  barge(contact) {
    return this.#ask("barge", { contact });
  }

  /** @param {string} contact */
  stopListening(contact) {
    return this.#ask("stopListening", { contact });
  }

  /** @param {Partial<Seen>} news */
  #tell(news) {
    this.#seen = { ...this.#seen, ...news };
    for (const listener of this.#listeners) listener(this.#seen);
  }

  /** @param {string} command @param {object} [given] @returns {Promise<void>} */
  #ask(command, given = {}) {
    const socket = this.#socket;
    // Kept back until the line returns, it would act on a call that has gone on meanwhile.
    if (!socket || this.#seen.line !== "open") return Promise.reject(new SoftphoneProblem("lost"));
    const id = (this.#last += 1);
    return new Promise((done, failed) => {
      this.#asked.set(id, { done, failed, timer: setTimeout(() => this.#drop(), UNANSWERED) });
      socket.send(JSON.stringify({ id, do: command, ...given }));
    });
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#hangUp();
    const mine = (this.#attempt += 1);
    let token;
    try {
      token = await this.#idToken();
    } catch {
      // The place where tokens come from cannot be reached either.
      if (mine === this.#attempt && this.#wanted) this.#lose();
      return;
    }
    if (mine !== this.#attempt || !this.#wanted) return;
    const socket = new WebSocket(new URL(this.#path, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    this.#listenFor(UNANSWERED);
    socket.addEventListener("open", () => this.#show(socket, token));
    socket.addEventListener("message", (event) => {
      if (socket !== this.#socket) return;
      this.#listenFor(SILENT);
      this.#heard(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => socket === this.#socket && this.#ended(event.code));
  }

  /** Gives the line up unless it says something within this time. @param {number} milliseconds */
  #listenFor(milliseconds) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(), milliseconds);
  }

  /** @param {WebSocket} socket @param {string} token */
  #show(socket, token) {
    this.#token = token;
    socket.send(JSON.stringify({ token }));
  }

  /** Sends the token that the session has renewed, before the centre finds the old one expired. */
  async #lookAtToken() {
    const socket = this.#socket;
    if (!socket || this.#seen.line !== "open") return;
    // Without the sign-in service the old token serves until it ends; then the centre asks.
    const token = await this.#idToken().catch(() => this.#token);
    if (socket === this.#socket && token !== this.#token) this.#show(socket, token);
  }

  /** @param {any} said */
  #heard(said) {
    if ("agent" in said) {
      this.#pause = FIRST_PAUSE;
      this.#tell({ line: "open", why: "", agent: agentOf(said.agent), ahead: Date.parse(said.now) - Date.now() });
    }
    const asked = this.#asked.get(said.re);
    if (!asked) return;
    this.#asked.delete(said.re);
    clearTimeout(asked.timer);
    if (said.problem === undefined) asked.done();
    else asked.failed(new SoftphoneProblem("refused", said.problem));
  }

  /** @param {number} code */
  #ended(code) {
    const why = REFUSED.get(code);
    if (why) {
      this.#unwant();
      this.#hangUp();
      this.#tell({ line: "refused", why });
      return;
    }
    if (code === TOO_MANY) this.#pause = LONGEST_PAUSE;
    this.#lose();
  }

  /** Gives up a line that says nothing any more. */
  #drop() {
    if (this.#socket) this.#lose();
  }

  #lose() {
    this.#hangUp();
    if (this.#seen.line !== "lost") this.#tell({ line: "lost" });
    this.#retry = setTimeout(() => void this.#connect(), this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(LONGEST_PAUSE, 2 * this.#pause);
  }

  /** Lets go of the socket; nobody answers any more what was asked on it. */
  #hangUp() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#silence);
    socket?.close();
    const open = [...this.#asked.values()];
    this.#asked.clear();
    for (const { failed, timer } of open) {
      clearTimeout(timer);
      failed(new SoftphoneProblem("lost"));
    }
  }

  #unwant() {
    this.#wanted?.abort();
    this.#wanted = null;
    this.#attempt += 1;
    clearTimeout(this.#retry);
  }
}
