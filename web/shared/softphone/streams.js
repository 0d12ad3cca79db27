/** The softphone at Amazon Connect: Streams tells, and does what is asked (docs/decisions/0022-the-second-home-is-streams.md). */

import { SoftphoneProblem } from "./problem.js";
import { StreamsLine } from "./streams-line.js";
import { customerConnection, idOf, otherConnections, ownConnection, sentenceOf } from "./streams-views.js";

/**
 * @typedef {import("./softphone.js").Softphone} Softphone
 * @typedef {import("./streams-views.js").RawContact} RawContact
 * @typedef {import("./streams-views.js").RawConnection} RawConnection
 * @typedef {{success: () => void, failure: (...why: unknown[]) => void}} Callbacks
 */

const UNANSWERED = 10_000; // milliseconds after which a command counts as lost

/** @implements {Softphone} */
export class StreamsSoftphone extends StreamsLine {
  /** Offline first, then out of the instance: an agent whose session ends while available would still be offered contacts. */
  async signOut() {
    const offline = this.seen.agent?.statuses.find(({ type }) => type === "offline");
    if (this.seen.agent?.contacts.length) throw new SoftphoneProblem("refused", "There are still contacts in your hands: end and close them first.");
    if (offline) await this.setStatus(offline.id);
    // The answer cannot be read, and need not be: it only takes the instance's cookies.
    await fetch(new URL("../logout", this.url), { credentials: "include", mode: "no-cors" }).catch(() => {});
    await this.dismiss();
  }

  /** @param {string} statusId */
  setStatus(statusId) {
    return this.#ask((callbacks) => {
      const agent = new connect.Agent();
      const state = agent.getAgentStates().find(({ agentStateARN }) => idOf(agentStateARN) === statusId);
      if (!state) return callbacks.failure(`There is no status ${statusId} any more: choose another one.`);
      agent.setState(state, callbacks, { enqueueNextState: true });
    });
  }

  /** @param {string} id */
  accept(id) {
    return this.#ask((callbacks) => this.#contact(id).accept(callbacks));
  }

  /** @param {string} id */
  reject(id) {
    return this.#ask((callbacks) => this.#contact(id).reject(callbacks));
  }

  /** Hangs up on everybody: whoever was asked for advice goes as well. @param {string} id */
  async end(id) {
    for (const other of this.#rawConnections(id, otherConnections)) await this.#ask((callbacks) => this.#connection(id, other).destroy(callbacks));
    await this.#goFrom(id);
  }

  /** @param {string} id */
  closeWork(id) {
    return this.#ask((callbacks) => this.#contact(id).clear(callbacks));
  }

  /** @param {string} id */
  hold(id) {
    return this.#ask((callbacks) => {
      if (this.#raw(id).type === "task") this.#contact(id).pause(callbacks);
      else this.#customer(id).hold(callbacks);
    });
  }

  /** @param {string} id */
  resume(id) {
    return this.#ask((callbacks) => {
      if (this.#raw(id).type === "task") this.#contact(id).resume(callbacks);
      else this.#customer(id).resume(callbacks);
    });
  }

  /** @param {string} id */
  mute(id) {
    return this.#turnMicrophone(id, true);
  }

  /** @param {string} id */
  unmute(id) {
    return this.#turnMicrophone(id, false);
  }

  /** @param {string} id @param {string} destinationId */
  transfer(id, destinationId) {
    return this.#ask((callbacks) => {
      const endpoint = this.endpoints.get(destinationId);
      if (endpoint) this.#contact(id).addConnection(endpoint, callbacks);
      else callbacks.failure("Nobody can be reached there any more: choose another destination.");
    });
  }

  /** @param {string} id */
  conference(id) {
    return this.#ask((callbacks) => this.#contact(id).conferenceConnections(callbacks));
  }

  /** @param {string} id */
  async leave(id) {
    const held = this.seen.agent?.contacts.find((each) => each.id === id);
    if (held && !held.consult && !held.from) throw new SoftphoneProblem("refused", "Nobody else is there to take the contact over: end it instead.");
    await this.#goFrom(id);
  }

  /** @param {string} number */
  dial(number) {
    return this.#ask((callbacks) => new connect.Agent().connect(connect.Endpoint.byPhoneNumber(number), callbacks));
  }

  /** @param {string} id */
  barge(id) {
    return this.#ask((callbacks) => this.#contact(id).updateMonitorParticipantState(connect.MonitoringMode.BARGE, callbacks));
  }

  /** @param {string} id */
  stopListening(id) {
    return this.#goFrom(id);
  }

  /** @param {(callbacks: Callbacks) => void} act @returns {Promise<void>} */
  #ask(act) {
    // Kept back until the line returns, it would act on a call that has gone on meanwhile.
    if (this.seen.line !== "open") return Promise.reject(new SoftphoneProblem("lost"));
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new SoftphoneProblem("lost")), UNANSWERED);
      const settled = () => clearTimeout(timer);
      const refuse = (/** @type {unknown[]} */ ...why) => {
        settled();
        failed(new SoftphoneProblem("refused", sentenceOf(...why)));
      };
      try {
        act({ success: () => (settled(), done()), failure: refuse });
      } catch (problem) {
        // Streams throws where a contact has gone meanwhile.
        refuse(problem instanceof Error ? problem.message : problem);
      }
    });
  }

  /** @param {string} id */
  #goFrom(id) {
    return this.#ask((callbacks) => this.#connection(id, ownConnection(this.#raw(id))).destroy(callbacks));
  }

  /** @param {string} id @param {boolean} muted */
  #turnMicrophone(id, muted) {
    return this.#ask((callbacks) => {
      const agent = new connect.Agent();
      if (this.#raw(id).state.type !== "connected") return callbacks.failure("Nobody hears you in this contact yet.");
      if (!agent.isSoftphoneEnabled()) return callbacks.failure("Your voice goes over a desk phone: mute it there.");
      // The CCP answers by an event, and not at all when it has no microphone to turn.
      const heard = connect.core.getEventBus().subscribe(connect.AgentEvents.MUTE_TOGGLE, (/** @type {{muted?: boolean}} */ told) => {
        if (told.muted !== muted) return;
        heard.unsubscribe();
        callbacks.success();
      });
      if (muted) agent.mute();
      else agent.unmute();
    });
  }

  /** @param {string} id @returns {connect.Contact} */
  #contact(id) {
    const contact = new connect.Agent().getContacts().find(({ contactId }) => contactId === id);
    if (!contact) throw new Error("This contact is no longer in your hands.");
    return contact;
  }

  /** @param {string} id @returns {RawContact} */
  #raw(id) {
    const contact = this.told?.snapshot.contacts.find(({ contactId }) => contactId === id);
    if (!contact) throw new Error("This contact is no longer in your hands.");
    return contact;
  }

  /** @param {string} id @param {(contact: RawContact) => RawConnection[]} which */
  #rawConnections(id, which) {
    const contact = this.told?.snapshot.contacts.find(({ contactId }) => contactId === id);
    return contact ? which(contact) : [];
  }

  /** @param {string} id */
  #customer(id) {
    return this.#connection(id, customerConnection(this.#raw(id)));
  }

  /**
   * A connection that can be told what to do. The library's connections look for media of their own when they are made, and those
   * of a task for a further package; a snapshot's do not.
   * @param {string} id @param {RawConnection | undefined} connection @returns {connect.BaseConnection}
   */
  #connection(id, connection) {
    if (!connection) throw new Error("That side has hung up already.");
    return new /** @type {any} */ (connect).ConnectionSnapshot({ ...connection, contactId: id });
  }
}
