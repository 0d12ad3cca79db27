/** Listening to a call and joining it, on the supervisor's own softphone: a strip that stays where it is, whatever is on it. */

import { ApiProblem, get, post } from "../shared/api.js";
import { el, say } from "../shared/dom.js";
import { spoken } from "../shared/format.js";
import { t } from "../shared/i18n.js";
import { poll } from "../shared/poll.js";
import { idToken, who } from "../shared/session.js";
import { SoftphoneProblem, openSoftphone } from "../shared/softphone/softphone.js";
import { view } from "./view.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Softphone} Softphone
 * @typedef {import("../shared/softphone/softphone.js").Seen} Seen
 * @typedef {import("../shared/softphone/softphone.js").Held} Held
 * @typedef {{name: string, timer: ReturnType<typeof setTimeout>, answers?: import("../shared/poll.js").Poll}} Asked
 * @typedef {{shape: string, text: string, mood: "none" | "on" | "watch", since?: Date, act?: "answer" | "join" | "open", end?: "stop" | "close"}} Line  what the strip says and which hands it offers
 */

const ROLES = ["supervisor", "leader"];
const LONG = 30_000; // milliseconds after which a call that was asked for and did not come will not come
const EVERY = 1_000; // milliseconds between two looks at what became of the request
const OVER = ["ended", "missed", "rejected", "error"];

export class Supervision {
  /** @param {HTMLElement} place @param {any} config  `softphone` of the configuration @param {() => void} changed called when one may listen, or no longer */
  constructor(place, config, changed) {
    this.place = place;
    this.config = config;
    this.changed = changed;
    /** @type {Softphone | null} */
    this.softphone = null;
    /** @type {Seen | null} */
    this.seen = null;
    /** The call that was asked for, and whom it is with. @type {Asked | null} */
    this.asked = null;
    this.name = "";
    this.problem = "";
    this.words = el("p", { class: "strip-words", role: "status" });
    this.timer = el("span", { class: "for", "aria-hidden": "true" });
    this.first = el("button", { class: "primary", onclick: () => this.act() });
    this.last = el("button", { onclick: () => this.stop() });
    place.append(this.words, this.timer, el("div", { class: "strip-hands" }, this.first, this.last));
    this.was = "";
    setInterval(() => this.tick(), 1000);
  }

  /** Whether this person has a softphone here. */
  get exists() {
    return this.softphone !== null && !(this.seen?.line === "refused" && this.seen.why === "agent");
  }

  /** Whether one may begin to listen now. */
  get isFree() {
    return this.exists && this.seen?.line === "open" && this.asked === null && this.held === null;
  }

  /** What a button that begins to listen says of itself. */
  get hint() {
    if (this.isFree) return t("listen.key");
    return t(this.asked || this.held ? "listen.busy" : "listen.later");
  }

  /** The contact by which one listens. @returns {Held | null} */
  get held() {
    return this.seen?.agent?.contacts.find((held) => held.supervision !== null || held.method === "MONITOR") ?? null;
  }

  /** Opens the softphone of who has one. A wall listens to nobody. */
  async begin() {
    if (this.softphone || !this.config || view().wall || !who()?.roles.some((role) => ROLES.includes(role))) return;
    this.softphone = openSoftphone(this.config, idToken);
    this.softphone.watch((seen) => this.look(seen));
    this.softphone.open();
  }

  /** @param {Seen} seen */
  look(seen) {
    this.seen = seen;
    if (this.held && this.asked) {
      this.name = this.asked.name;
      this.problem = "";
      this.forget();
    }
    this.draw();
  }

  /** Asks for a call; it comes to the softphone by itself, or it does not. @param {string} contactId @param {string} name */
  async listen(contactId, name) {
    if (!this.exists) return;
    if (!this.isFree) {
      this.complain(this.hint);
      return;
    }
    /** @type {Asked} */
    const asked = { name, timer: setTimeout(() => this.giveUp(asked, t("strip.silent", { name })), LONG) };
    this.asked = asked;
    this.problem = "";
    this.draw();
    const requests = `/contacts/${encodeURIComponent(contactId)}/requests`;
    try {
      const { request_id } = await post(requests, { request: "listen" });
      // It is carried out a moment later, and may be refused only then.
      if (this.asked === asked) asked.answers = poll((signal) => this.lookAtAnswer(asked, `${requests}/${encodeURIComponent(request_id)}`, signal), EVERY);
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      this.giveUp(asked, t("strip.not", { name, why: problem.message || t(`problem.${problem.kind}.title`) }));
    }
  }

  /** @param {Asked} asked @param {string} path @param {AbortSignal} signal */
  async lookAtAnswer(asked, path, signal) {
    try {
      const { state, why } = await get(path, {}, signal);
      if (state === "refused") this.giveUp(asked, t("strip.not", { name: asked.name, why: why ?? "" }));
    } catch (problem) {
      // That the call has come the softphone tells by itself; an answer that cannot be had is asked for again.
      if (!signal.aborted && !(problem instanceof ApiProblem)) throw problem;
    }
  }

  /** Gives up what was asked for, unless it has come or something else is asked for. @param {Asked} asked @param {string} why */
  giveUp(asked, why) {
    if (this.asked !== asked) return;
    this.forget();
    this.complain(why);
  }

  /** Waits for a call no longer. */
  forget() {
    clearTimeout(this.asked?.timer);
    this.asked?.answers?.stop();
    this.asked = null;
  }

  /** @param {string} problem */
  complain(problem) {
    this.problem = problem;
    this.draw();
  }

  /** What the first button does now: answer, join, or connect again. */
  act() {
    const { act } = this.line();
    const { held, softphone } = this;
    if (!softphone) return;
    if (act === "open") softphone.open();
    else if (held && act) void this.command(() => (act === "answer" ? softphone.accept(held.id) : softphone.barge(held.id)));
  }

  stop() {
    const { end } = this.line();
    const { held, softphone } = this;
    if (softphone && held && end) void this.command(() => (end === "stop" ? softphone.stopListening(held.id) : softphone.closeWork(held.id)));
  }

  /** @param {() => Promise<void>} command */
  async command(command) {
    this.problem = "";
    try {
      await command();
    } catch (problem) {
      if (!(problem instanceof SoftphoneProblem)) throw problem;
      this.complain(problem.message || t("strip.lost.command"));
    }
  }

  /** @returns {Line} */
  line() {
    const { seen, held, asked } = this;
    const name = this.name || t("strip.somebody");
    if (seen?.line === "refused") return { shape: "○", mood: "watch", text: seen.why === "token" ? t("strip.token") : t("strip.refused", { why: seen.why }), act: "open" };
    if (seen?.line === "lost") return { shape: "○", mood: "watch", text: t("strip.lost") };
    if (!seen?.agent) return { shape: "○", mood: "none", text: t("strip.opening") };
    if (held && OVER.includes(held.state)) return { shape: "○", mood: "none", text: t("strip.over", { name }), end: "close" };
    if (held?.supervision === "joined") return { shape: "◆", mood: "watch", text: t("strip.joined", { name }), since: held.since, end: "stop" };
    if (held && held.state !== "connected" && !held.accepted) return { shape: "◎", mood: "on", text: t("strip.rings", { name }), act: "answer", end: "stop" };
    if (held) return { shape: "●", mood: "on", text: t("strip.listening", { name }), since: held.since, act: "join", end: "stop" };
    if (asked) return { shape: "◎", mood: "none", text: t("strip.asking", { name: asked.name }) };
    if (seen.agent.contacts.length) return { shape: "●", mood: "watch", text: t("strip.own") };
    return { shape: "○", mood: "none", text: t("strip.ready") };
  }

  draw() {
    this.place.hidden = !this.exists || view().wall;
    const line = this.line();
    const { shape, mood, text, act, end } = line;
    this.place.dataset.mood = this.problem ? "watch" : mood;
    say(this.words, this.problem ? `▽ ${this.problem}` : `${shape} ${text}`);
    // The two buttons are always there, so that neither ever takes the other's place.
    say(this.first, t(`strip.${act ?? "join"}`));
    this.first.title = `${t(`strip.${act ?? "join"}`)} (b)`;
    this.first.disabled = !act;
    say(this.last, t(`strip.${end ?? "stop"}`));
    this.last.title = `${t(`strip.${end ?? "stop"}`)} (x)`;
    this.last.disabled = !end;
    this.tick();
    const now = `${this.exists}/${this.isFree}`;
    if (now === this.was) return;
    this.was = now;
    this.changed();
  }

  tick() {
    const { since } = this.line();
    const ahead = this.seen?.ahead ?? 0;
    say(this.timer, since ? spoken("duration", Math.max(0, (Date.now() + ahead - since.getTime()) / 1000)) : "");
  }
}
