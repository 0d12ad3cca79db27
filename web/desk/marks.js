/** Calling the supervisor and marking harassment: each can be taken back for a moment, goes out, and says what became of it. */

import { ApiProblem, get, post } from "../shared/api.js";
import { t } from "../shared/i18n.js";
import { call, isMarkable, ordered } from "./hands.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {"help" | "harassment"} Mark  as the API names its requests
 * @typedef {object} Marked
 * @property {Mark} mark
 * @property {string} contact
 * @property {"pending" | "sending" | "sent" | "done" | "refused" | "failed" | "silent"} state
 * @property {Date} until  when it goes out
 * @property {string} why  the other side's sentence, if it had one
 */

const MOMENT = 5_000; // milliseconds in which a mark can be taken back
const ASK_EVERY = 1_500; // milliseconds
const ASK_LONGEST = 45_000; // milliseconds after which nobody knows what became of it
const STAYS = 20_000; // milliseconds that an outcome stays in sight

export class Marks {
  /** @param {(said: Marked | null) => void} changed @param {() => number} now the other side's clock, by which times are shown */
  constructor(changed, now) {
    this.changed = changed;
    this.now = now;
    /** @type {Map<Mark, Marked>} */
    this.marked = new Map();
    /** @type {Map<Mark, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    // Whoever closes the page in that moment has not taken it back.
    addEventListener("pagehide", () => this.flush());
  }

  /** @param {Mark} mark */
  of(mark) {
    return this.marked.get(mark) ?? null;
  }

  /** The one that was pressed last. */
  latest() {
    return [...this.marked.values()].at(-1) ?? null;
  }

  /** The contact that a mark would be about. @param {Agent} agent @param {string | null} chosen */
  about(agent, chosen) {
    const candidates = [call(agent), agent.contacts.find(({ id }) => id === chosen), ...ordered(agent.contacts)];
    return candidates.find((held) => held && isMarkable(held)) ?? null;
  }

  /** @param {Marked} marked */
  sentence(marked) {
    const whole = t(`marked.${marked.mark}.${marked.state}`);
    return marked.why ? `${whole} ${marked.why}` : whole;
  }

  /** @param {Mark} mark @param {string} contact */
  begin(mark, contact) {
    this.set({ mark, contact, state: "pending", until: new Date(this.now() + MOMENT), why: "" });
    this.timers.set(mark, setTimeout(() => void this.send(mark), MOMENT));
  }

  /** Takes back what has not gone out; returns which. @param {Mark} [mark] */
  takeBack(mark = [...this.marked.values()].filter(({ state }) => state === "pending").at(-1)?.mark) {
    if (!mark || this.of(mark)?.state !== "pending") return null;
    this.forget(mark);
    return mark;
  }

  flush() {
    for (const { mark, state } of [...this.marked.values()]) if (state === "pending") void this.send(mark);
  }

  /** @param {Marked} marked */
  set(marked) {
    this.marked.delete(marked.mark);
    this.marked.set(marked.mark, marked);
    this.changed(marked);
  }

  /** @param {Mark} mark */
  forget(mark) {
    clearTimeout(this.timers.get(mark));
    this.timers.delete(mark);
    this.marked.delete(mark);
    this.changed(null);
  }

  /** @param {Mark} mark */
  async send(mark) {
    clearTimeout(this.timers.get(mark));
    const marked = this.of(mark);
    if (!marked) return;
    this.set({ ...marked, state: "sending" });
    const path = `/contacts/${encodeURIComponent(marked.contact)}/requests`;
    try {
      const { request_id: id } = await post(path, { request: mark });
      this.set({ ...marked, state: "sent" });
      this.set({ ...marked, ...(await this.outcome(`${path}/${encodeURIComponent(id)}`)) });
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      this.set({ ...marked, state: "failed", why: problem.message || t(`problem.${problem.kind}.title`) });
    }
    this.timers.set(mark, setTimeout(() => this.forget(mark), STAYS));
  }

  /** Asks what became of a request that the centre has taken. @param {string} path @returns {Promise<Pick<Marked, "state" | "why">>} */
  async outcome(path) {
    for (const began = Date.now(); Date.now() - began < ASK_LONGEST; await new Promise((done) => setTimeout(done, ASK_EVERY))) {
      const now = await get(path).catch((problem) => {
        // It is on its way whether we can ask or not.
        if (problem instanceof ApiProblem) return { state: "waiting" };
        throw problem;
      });
      if (now.state === "done" || now.state === "refused") return { state: now.state, why: now.why ?? "" };
    }
    return { state: "silent", why: "" };
  }
}
