/** Which contact the agent has before them: what they chose; else what came to be theirs. Nothing changes under the hands of who writes. */

import { byId } from "../shared/dom.js";
import { typing } from "../shared/keys.js";
import { ordered } from "./hands.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 */

export class Before {
  constructor() {
    /** @type {string | null} */
    this.chosen = null;
    /** A contact that left while somebody was writing notes on it: it stays before them until they stop. @type {Held | null} */
    this.parting = null;
  }

  /** @param {string} id */
  choose(id) {
    this.chosen = id;
    this.parting = null;
  }

  /** The contact that is before the agent. @param {Agent} agent @returns {Held | null} */
  held(agent) {
    return agent.contacts.find(({ id }) => id === this.chosen) ?? this.parting;
  }

  /** @param {Agent | null} agent as it is now @param {Agent | null} before as it was */
  follow(agent, before) {
    const contacts = agent?.contacts ?? [];
    const was = (/** @type {string} */ id) => before?.contacts.find((held) => held.id === id);
    const begun = contacts.find((held) => held.state === "connected" && was(held.id) && was(held.id)?.state !== "connected");
    const writing = typing(document.activeElement) && byId("desk").contains(document.activeElement);
    if (begun && !writing) this.chosen = begun.id;
    if (contacts.some(({ id }) => id === this.chosen)) {
      this.parting = null;
      return;
    }
    this.parting = document.activeElement?.id === "notes" ? (this.parting ?? was(this.chosen ?? "") ?? null) : null;
    if (this.parting) return;
    const next = ordered(contacts)[0]?.id ?? null;
    // A number that is being typed stays until its writer turns to the contact.
    if (!writing || this.chosen !== null) this.chosen = next;
  }
}
