/** Who a keyed card says is calling: asked of the API contact by contact, checked, undone. Nothing is drawn here. */

import { ApiProblem, get, post } from "../shared/api.js";
import { pause } from "../shared/patience.js";

/**
 * @typedef {{account_id: string, language: string, status: string, name: string | null, addresses: string[] | null}} Member
 * @typedef {{check_id: string, fact: "address" | "name", at: string, right: boolean, passed: boolean}} Checked
 * @typedef {object} Identified  an answer of GET /contacts/{id}/account
 * @property {"none" | "identified" | "several" | "verified" | "undone"} state
 * @property {Member[]} accounts
 * @property {number} tries_left
 * @property {Checked | null} check
 *
 * @typedef {"" | "entered" | "unentered" | "checking" | "passed" | "half" | "wrong" | "ended" | "failed" | "undoing" | "kept" | "silent"} Outcome
 *   what became of what was done last: a card entry named somebody or nobody; a check, `half` by a right name; "not this customer", where `kept` did not get through
 * @typedef {object} Case  what is known of one contact
 * @property {Identified | null} answer
 * @property {ApiProblem | null} problem  why there is no answer
 * @property {Outcome} outcome
 * @property {string} why  the API's own sentence, where something failed
 * @property {Date | null} until  when "not this customer" goes out
 */

const MOMENT = 5_000; // milliseconds in which "not this customer" can be taken back
const ASK_EVERY = 1_500; // milliseconds
const ASK_LONGEST = 45_000; // milliseconds after which nobody knows what became of it
// Events of a contact that has just begun take a moment to arrive; until then the API does not know it.
const AGAIN = 3_000; // milliseconds
const TIMES = 5;
const REMEMBERED = 20; // contacts

/** @type {Case} */
const NEW = { answer: null, problem: null, outcome: "", why: "", until: null };

/** @param {string} contactId @param {string} part */
const path = (contactId, part) => `/contacts/${encodeURIComponent(contactId)}/${part}`;

/** Whether an answer names somebody. @param {Identified | null | undefined} answer */
export const names = (answer) => ["identified", "several", "verified"].includes(answer?.state ?? "");

export class Identity {
  /** @param {(contactId: string) => void} changed @param {() => number} now the other side's clock */
  constructor(changed, now) {
    this.changed = changed;
    this.now = now;
    /** @type {Map<string, Case>} */
    this.cases = new Map();
    /** The last look at each contact: an older one's answer counts no more. @type {Map<string, AbortController>} */
    this.looks = new Map();
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    // Whoever closes the page in that moment has not taken it back.
    addEventListener("pagehide", () => this.flush());
  }

  /** @param {string} contactId */
  of(contactId) {
    return this.cases.get(contactId) ?? NEW;
  }

  /** @param {string} contactId @param {Partial<Case>} news */
  set(contactId, news) {
    const now = { ...this.of(contactId), ...news };
    // The one that was set last is the last to be forgotten.
    this.cases.delete(contactId);
    this.cases.set(contactId, now);
    const oldest = this.cases.keys().next().value;
    if (this.cases.size > REMEMBERED && oldest !== undefined) {
      this.cases.delete(oldest);
      this.looks.delete(oldest);
    }
    this.changed(contactId);
  }

  /** Asks who it is. @param {string} contactId @returns {Promise<Identified | null>} null if nobody could say, or somebody asked anew */
  async look(contactId) {
    this.looks.get(contactId)?.abort();
    const mine = new AbortController();
    this.looks.set(contactId, mine);
    try {
      const answer = await this.patient(contactId, mine.signal);
      if (mine.signal.aborted) return null;
      this.set(contactId, { answer, problem: null });
      return answer;
    } catch (problem) {
      if (mine.signal.aborted) return null;
      if (!(problem instanceof ApiProblem)) throw problem;
      this.set(contactId, { problem });
      return null;
    }
  }

  /** @param {string} contactId @param {AbortSignal} signal @returns {Promise<Identified>} */
  async patient(contactId, signal) {
    for (let time = 1; ; time += 1) {
      try {
        return await get(path(contactId, "account"), {}, signal);
      } catch (problem) {
        if (!(problem instanceof ApiProblem) || problem.kind !== "missing" || time === TIMES) throw problem;
        await pause(AGAIN, signal);
      }
    }
  }

  /** The customer has come back from keying a card. @param {string} contactId */
  async entered(contactId) {
    const answer = await this.look(contactId);
    if (answer) this.set(contactId, { outcome: names(answer) ? "entered" : "unentered" });
  }

  /** Sends what the customer said. @param {string} contactId @param {"address" | "name"} fact @param {string} said
   * @returns {Promise<boolean>} whether it is done with: taken, or nothing that may be sent */
  async check(contactId, fact, said) {
    this.set(contactId, { outcome: "checking", why: "" });
    try {
      const { check_id: id } = await post(path(contactId, "checks"), { fact, said });
      void this.outcome(contactId, id);
      return true;
    } catch (problem) {
      return this.failed(contactId, "failed", problem) === "bad";
    }
  }

  /** Asks what became of a check that the centre has taken. @param {string} contactId @param {string} id */
  async outcome(contactId, id) {
    const answer = await this.until(contactId, ({ state, check, tries_left: left }) => check?.check_id === id || state === "undone" || left === 0);
    const { state, check, tries_left: left } = answer ?? { state: "none", check: null, tries_left: 0 };
    if (!answer) this.set(contactId, { outcome: "silent" });
    else if (state === "verified") this.set(contactId, { outcome: "passed" });
    else if (state === "undone") this.set(contactId, { outcome: "" });
    else if (left === 0) this.set(contactId, { outcome: "ended" });
    else this.set(contactId, { outcome: check?.right ? "half" : "wrong" });
  }

  /** Says that it is somebody else, after a moment in which that can be taken back. @param {string} contactId */
  beginUndo(contactId) {
    this.set(contactId, { until: new Date(this.now() + MOMENT), outcome: "" });
    this.timers.set(contactId, setTimeout(() => void this.undo(contactId), MOMENT));
  }

  /** Takes that back; returns whether there was anything to take back. @param {string | null} [contactId] */
  takeBack(contactId = [...this.timers.keys()].at(-1) ?? null) {
    if (contactId === null || !this.timers.has(contactId)) return false;
    this.settle(contactId);
    this.set(contactId, { until: null });
    return true;
  }

  flush() {
    for (const contactId of [...this.timers.keys()]) void this.undo(contactId);
  }

  /** @param {string} contactId */
  settle(contactId) {
    clearTimeout(this.timers.get(contactId));
    this.timers.delete(contactId);
  }

  /** @param {string} contactId */
  async undo(contactId) {
    this.settle(contactId);
    this.set(contactId, { until: null, outcome: "undoing", why: "" });
    try {
      await post(path(contactId, "checks"), { fact: "not_this_customer" });
    } catch (problem) {
      this.failed(contactId, "kept", problem);
      return;
    }
    const answer = await this.until(contactId, ({ state }) => state === "undone");
    this.set(contactId, { outcome: answer ? "" : "silent" });
  }

  /** @param {string} contactId @param {Outcome} outcome @param {unknown} problem */
  failed(contactId, outcome, problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    this.set(contactId, { outcome, why: problem.message });
    return problem.kind;
  }

  /** Looks until something is so, or for as long as it may take. @param {string} contactId @param {(answer: Identified) => boolean} met */
  async until(contactId, met) {
    for (const began = Date.now(); Date.now() - began < ASK_LONGEST; await pause(ASK_EVERY)) {
      // A look that fails hides nothing: what was known stays, and the next may do.
      const answer = await get(path(contactId, "account")).catch((problem) => {
        if (problem instanceof ApiProblem) return null;
        throw problem;
      });
      if (answer && met(answer)) {
        this.looks.get(contactId)?.abort();
        this.set(contactId, { answer, problem: null });
        return /** @type {Identified} */ (answer);
      }
    }
    return null;
  }
}
