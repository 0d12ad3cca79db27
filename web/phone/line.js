/** The line to the exchange: a WebSocket that carries keys one way and what is heard the other, and comes back by itself.
 *
 * The page says first which telephone it is (`have`), and the exchange says it back, then how its call stands; a problem instead means that another
 * page has this telephone, and is no problem of the page's: it asks again. What was keyed while the line was gone is dropped: a key belongs to the prompt that it answers.
 */

/**
 * @typedef {"calling" | "menu" | "waiting" | "talking" | "held" | "ringing" | "over"} Stage  `ringing` is an incoming call
 * @typedef {object} Call
 * @property {string} id
 * @property {Stage} stage
 * @property {Date} since      when this stage began, by our own clock
 * @property {number | null} place  in line, the first is 1
 * @property {string | null} with   who talks to the caller
 * @property {string} to       the centre's number
 * @property {boolean} incoming
 * @property {string | null} reason  why the call is over
 *
 * @typedef {{text: string, ssml: boolean, language: string | null}} Prompt
 * @typedef {{kind: "prompt" | "music" | "ringing" | "agent" | "third_party" | "silence" | "over", text: Prompt[], keys: boolean, secret: boolean}} Heard  `secret`: what is keyed is for nobody's eyes
 * @typedef {{number: string, name: string}} Claimed
 * @typedef {"opening" | "open" | "lost" | "busy"} State  `busy`: another page has this telephone
 * @typedef {object} Told
 * @property {(state: State) => void} state
 * @property {(numbers: Claimed[]) => void} numbers
 * @property {(call: Call | null) => void} call
 * @property {(heard: Heard) => void} heard
 * @property {(sentence: string) => void} problem
 */

const AGAIN = [1_000, 2_000, 4_000, 8_000, 15_000]; // milliseconds until the next attempt, after each failure in a row
const IN_USE_AGAIN = 5_000; // milliseconds: the other page may be our own connection that the exchange does not yet know to be dead

export class Line {
  /** @type {State} */
  #state = "opening";
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #failures = 0;
  #number = "";
  /** @type {string} */
  #address;
  /** @type {Told} */
  #told;

  /** @param {string} path @param {Told} told */
  constructor(path, told) {
    this.#address = new URL(path, location.href.replace(/^http/, "ws")).href;
    this.#told = told;
    addEventListener("online", () => this.retry());
  }

  get state() {
    return this.#state;
  }

  /** Takes this telephone; one had before is let go. @param {string} number */
  have(number) {
    this.#number = number;
    this.#failures = 0;
    this.#become("opening");
    this.#open();
  }

  /** Tries at once, if the line is lost. */
  retry() {
    if (this.#state === "lost") this.#open();
  }

  /** Sends a command; false when there is no line. @param {Record<string, string>} command */
  send(command) {
    if (this.#state !== "open") return false;
    this.#socket?.send(JSON.stringify(command));
    return true;
  }

  #open() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#claim());
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#closed());
  }

  #claim() {
    clearTimeout(this.#timer);
    this.#socket?.send(JSON.stringify({ do: "have", number: this.#number }));
  }

  /** @param {any} said */
  #hear(said) {
    if (said.numbers) {
      this.#failures = 0;
      this.#told.numbers(said.numbers);
    }
    if (said.have) this.#become("open");
    if (said.call !== undefined) {
      const ahead = Date.parse(said.now) - Date.now();
      this.#told.call(said.call && { ...said.call, since: new Date(Date.parse(said.call.since) - ahead) });
    }
    if (said.heard) this.#told.heard(said.heard);
    if (said.problem && this.#state === "open") this.#told.problem(said.problem);
    else if (said.problem) this.#refused();
  }

  #refused() {
    this.#become("busy");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#claim(), IN_USE_AGAIN);
  }

  #closed() {
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#become("lost");
    this.#timer = setTimeout(() => this.#open(), AGAIN[Math.min(this.#failures++, AGAIN.length - 1)]);
  }

  /** @param {State} state */
  #become(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#told.state(state);
  }
}
