/** What a hand does, told to the softphone: once however often it is pressed, and what became of it is said if that is nothing. */

import { byId } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { SoftphoneProblem } from "../shared/softphone/softphone.js";
import { actMessage } from "./bar.js";
import { Chooser } from "./chooser.js";
import { call, cardEntry, closing, mayKey, target } from "./hands.js";
import { whereTo, whichState } from "./questions.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Seen} Seen
 * @typedef {import("../shared/softphone/softphone.js").Softphone} Softphone
 * @typedef {import("./hands.js").Act} Act
 * @typedef {import("./hands.js").Held} Held
 * @typedef {object} Desk  what is known, and what follows from acting
 * @property {() => Seen} seen
 * @property {() => string | null} chosen
 * @property {(id: string) => void} choose
 * @property {() => void} changed  a command has begun, or was answered
 */

/** @param {Act} name @param {Held} held */
const keyOf = (name, held) => `${name}/${held.id}`;

export class Acting {
  /** @param {Softphone} phone @param {Desk} desk @param {import("./notice.js").Notice} notice @param {import("./entries.js").Entries} entries */
  constructor(phone, desk, notice, entries) {
    this.phone = phone;
    this.desk = desk;
    this.notice = notice;
    this.entries = entries;
    /** Acts that have not been answered yet. @type {Set<string>} */
    this.underway = new Set();
    this.states = new Chooser(byId("me"), byId("state"));
    this.destinations = new Chooser(byId("acts"), byId("act-transfer"));
  }

  /** @param {Act} name @param {Held} held */
  isUnderway(name, held) {
    return this.underway.has(keyOf(name, held));
  }

  /** Sends a command. @param {string} name what people call it @param {string} key which command this is @param {() => Promise<void>} command @returns {Promise<boolean>} */
  async command(name, key, command) {
    if (this.underway.has(key)) return false;
    const wasOpen = this.desk.seen().line === "open";
    this.underway.add(key);
    this.desk.changed();
    try {
      await command();
      return true;
    } catch (problem) {
      if (!(problem instanceof SoftphoneProblem)) throw problem;
      if (problem.kind === "refused") this.notice.tell(t("refused", { act: name, why: problem.message }));
      else this.notice.tell(t(wasOpen ? "lost.perhaps" : "lost.unsent", { act: name }));
      return false;
    } finally {
      this.underway.delete(key);
      this.desk.changed();
    }
  }

  /** @param {string} name of what cannot be done now */
  impossible(name) {
    this.notice.tell(t(this.desk.seen().line === "open" ? "impossible" : "lost.unsent", { act: name }));
  }

  /** @param {Act} name @param {Held} held */
  perform(name, held) {
    const { phone } = this;
    /** @type {Record<Exclude<Act, "transfer">, () => Promise<void>>} */
    const commands = {
      accept: () => phone.accept(held.id),
      reject: () => phone.reject(held.id),
      mute: () => (held.muted ? phone.unmute(held.id) : phone.mute(held.id)),
      hold: () => (held.held ? phone.resume(held.id) : phone.hold(held.id)),
      conference: () => (held.supervision === "listening" ? phone.barge(held.id) : phone.conference(held.id)),
      leave: () => phone.leave(held.id),
      end: () => (held.supervision ? phone.stopListening(held.id) : phone.end(held.id)),
      closeWork: () => phone.closeWork(held.id),
    };
    if (name === "transfer") {
      this.chooseDestination(held);
      return Promise.resolve(true);
    }
    if (name === "accept") this.desk.choose(held.id);
    return this.command(t(actMessage(name, held)), keyOf(name, held), commands[name]);
  }

  /** What a button or a key of the bar asks for. @param {Act} name */
  act(name) {
    const { agent } = this.desk.seen();
    const held = agent && target(name, agent, this.desk.chosen());
    if (held) void this.perform(name, held);
    else this.impossible(t(actMessage(name, agent && call(agent))));
  }

  chooseState() {
    const { agent } = this.desk.seen();
    if (!agent) return;
    if (this.states.isOpen) this.states.close();
    else this.states.open(whichState(agent, (id) => void this.command(t("key.state"), "setStatus", () => this.phone.setStatus(id))));
  }

  /** @param {Held} held */
  chooseDestination(held) {
    const { agent } = this.desk.seen();
    if (!agent) return;
    if (this.destinations.isOpen) this.destinations.close();
    else this.destinations.open(whereTo(agent, (id) => void this.command(t("act.transfer"), keyOf("transfer", held), () => this.phone.transfer(held.id, id))));
  }

  /** @param {string} number @returns {Promise<boolean>} */
  dial(number) {
    return this.command(t("dial.do"), "dial", () => this.phone.dial(number));
  }

  /** Ends a harassing call: by the closing announcement where there is one. @param {Held} held */
  async closeCall(held) {
    const { agent } = this.desk.seen();
    const to = agent && closing(agent);
    if (!to) {
      await this.perform("end", held);
      return;
    }
    const sent = await this.command(t("script.flow"), `close/${held.id}`, () => this.phone.transfer(held.id, to.id));
    if (sent) await this.command(t("act.leave"), keyOf("leave", held), () => this.phone.leave(held.id));
  }

  /** Lets the customer key a card number, unless a card has named somebody already. @param {(contactId: string) => string | null} named */
  async keyCard(named) {
    const { agent } = this.desk.seen();
    const talks = agent && call(agent);
    if (!talks || !mayKey(talks)) {
      this.impossible(t("card.key"));
      return;
    }
    const [account, to] = [named(talks.id), cardEntry(agent)];
    if (account !== null) this.notice.tell(t("card.already", { account }));
    else if (!to) this.notice.tell(t("card.nowhere"));
    else {
      this.desk.choose(talks.id);
      this.entries.begin(talks.id);
      this.entries.sent(talks.id, await this.command(t("card.key"), `card/${talks.id}`, () => this.phone.transfer(talks.id, to.id)));
    }
  }
}
