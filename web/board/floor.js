/** The live floor, below the numbers: who needs somebody, who waits, who works and what they do. */

import { ApiProblem, get } from "../shared/api.js";
import { byId, el, say } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { SignInProblem, idToken, who } from "../shared/session.js";
import { PATIENCE, empty, failed } from "../shared/states.js";
import { show } from "../shared/zone.js";
import { talkerOn } from "./agents.js";
import { drawMarks } from "./marks.js";
import { period } from "./period.js";
import { RisksPane, callsIn } from "./risks.js";
import { address, view } from "./view.js";

/** Who sees the floor; the API judges for itself. */
const ROLES = ["supervisor", "leader", "quality", "administrator"];

export class FloorPane {
  /** @param {{zone: string, targets: import("./figures.js").Targets, tone: import("./tone.js").Tone, supervision: import("./supervision.js").Supervision, retry: () => void, isHushed: () => boolean}} parts
   * `isHushed`: whether the board says already that nothing can be had */
  constructor({ zone, targets, tone, supervision, retry, isHushed }) {
    this.zone = zone;
    this.targets = targets;
    this.tone = tone;
    this.supervision = supervision;
    this.retry = retry;
    this.isHushed = isHushed;
    this.pane = byId("floor-pane");
    this.place = byId("floor");
    /** @type {import("./agents.js").Told | null} */
    this.told = null;
    /** @type {ApiProblem | null} */
    this.problem = null;
    /** @type {RisksPane | null} */
    this.risks = null;
    this.sites = el("div", { class: "sites" });
    this.shape = "";
    this.refused = false;
    /** @type {Set<string>} */
    this.aloud = new Set();
    setTimeout(() => this.toCome(), PATIENCE);
  }

  /** Whether this person's role has a floor to look at. */
  get isSeen() {
    return !this.refused && Boolean(who()?.roles.some((role) => ROLES.includes(role)));
  }

  /** @param {AbortSignal} signal */
  async ask(signal) {
    try {
      // Only who is signed in has roles; without one that opens the floor there is nothing to ask.
      await idToken();
      if (this.isSeen) {
        this.told = await get("/floor", {}, signal);
        this.problem = null;
        void this.supervision.begin();
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (problem instanceof SignInProblem) this.problem = new ApiProblem("network");
      else if (!(problem instanceof ApiProblem)) throw problem;
      else {
        this.problem = problem;
        this.refused = problem.kind === "forbidden";
      }
    }
    if (this.told && !this.problem) this.tell(this.told);
  }

  /** Who asks for help now, as sentences; nobody, as far as is known, when the floor is not known. */
  get calls() {
    return this.told && !this.problem && this.isSeen ? callsIn(this.told).map(({ text }) => text) : [];
  }

  /** Each call for help is told once: by a tone, and to those who listen to the page instead of looking at it. @param {import("./agents.js").Told} told */
  tell(told) {
    const calls = callsIn(told);
    const news = calls.filter(({ id }) => !this.aloud.has(id));
    this.aloud = new Set(calls.map(({ id }) => id));
    if (!news.length) return;
    say(byId("floor-aloud"), news.map(({ text }) => text).join(t("list.comma")));
    this.tone.ring();
  }

  draw() {
    const { told, problem } = this;
    const { state, wall } = view();
    this.pane.hidden = !this.isSeen || (!told && this.isHushed());
    if (this.pane.hidden) return;
    this.drawHead(state);
    if (!told) {
      if (problem) this.put("failed", () => [failed(problem, this.retry)]);
      return;
    }
    if (told.agents.every((agent) => agent.state === "offline") && !told.at_risk.length && !told.waiting.some((row) => row.waiting) && state === null) {
      this.put(`empty/${language()}`, () => [empty("empty.floor")]);
      return;
    }
    this.put(`floor/${language()}`, () => {
      const top = el("div", { class: "floor-top" });
      this.sites = el("div", { class: "sites" });
      this.risks = new RisksPane(top, this.supervision, this.zone, this.targets);
      return [top, this.sites];
    });
    this.risks?.draw(told, period("today", new Date(told.at), this.zone), wall);
    drawMarks(this.sites, told, { only: state, wall });
  }

  /** @param {import("./agents.js").State | null} only */
  drawHead(only) {
    const { told, problem, tone } = this;
    const clock = told && show(new Date(told.at), this.zone, language(), { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.pane.toggleAttribute("data-stale", told !== null && problem !== null);
    say(byId("floor-note"), told && problem ? `○ ${t("floor.stale", { since: clock ?? "" })}` : "");
    const every = /** @type {HTMLAnchorElement} */ (byId("floor-every"));
    every.hidden = only === null;
    if (only !== null) {
      say(every, `${t(`state.${only}`)} ×`);
      every.title = t("floor.every", { state: t(`state.${only}`) });
      every.href = address({ state: null });
    }
    const button = byId("tone");
    button.setAttribute("aria-pressed", String(tone.isOn));
    say(button, t(tone.isOn ? (tone.isReady ? "tone.on" : "tone.waits") : "tone.off"));
    button.title = `${t("key.tone")} (v)`;
  }

  /** Puts this content in place of another one, and leaves it alone if it is there already. @param {string} shape @param {() => HTMLElement[]} make */
  put(shape, make) {
    if (this.shape === shape) return;
    this.shape = shape;
    this.place.replaceChildren(...make());
  }

  /** Grey shapes where the floor will be. */
  toCome() {
    if (this.told || this.problem) return;
    this.put("to come", () => [el("div", { class: "floor-to-come", "aria-hidden": "true" }, Array.from({ length: 3 }, () => el("span", { class: "skeleton" })))]);
  }

  switchTone() {
    this.tone.toggle();
    this.draw();
  }

  /** Where a key leads: what is worst, or else the first agent. */
  go() {
    const first = /** @type {HTMLElement | null} */ (this.pane.querySelector(".risk a, .agent a"));
    (first ?? byId("floor-title")).focus();
  }

  /** Listens to the call that has the focus, or to the worst that one can listen to. */
  listen() {
    const focused = document.activeElement?.closest(".risk, .agent");
    const of = focused?.classList.contains("risk") ? focused : null;
    const row = /** @type {HTMLElement | null} */ (of ?? (focused ? null : this.pane.querySelector(".risk:has(.listen:not([hidden]))")));
    if (row) this.listenTo(row.dataset.contact ?? "");
    else if (focused) this.listenTo(new URLSearchParams(focused.querySelector("a")?.search).get("contact") ?? "");
    else this.supervision.complain(t("listen.none"));
  }

  /** @param {string} contactId */
  listenTo(contactId) {
    const talker = this.told && talkerOn(this.told, contactId);
    if (talker) this.supervision.listen(contactId, talker.agent.name ?? talker.agent.id);
    else this.supervision.complain(t("listen.not"));
  }

  /** The button of a contact's own view, while somebody talks there. @param {string} contactId @param {() => void} then @returns {HTMLElement | null} */
  listenButton(contactId, then) {
    if (!this.isSeen || !this.supervision.exists || !this.told || !talkerOn(this.told, contactId)) return null;
    const act = () => {
      then();
      this.listenTo(contactId);
    };
    return el("button", { class: "listen", onclick: act, disabled: !this.supervision.isFree, title: this.supervision.hint }, t("listen"));
  }
}
