/** Agents as marks: a shape and a word for the state, how long, and what is in hand. A mark is written only when something on it changed. */

import { el, say } from "../shared/dom.js";
import { spoken } from "../shared/format.js";
import { language, t, word } from "../shared/i18n.js";
import { bySite, needOf, rankOf, secondsFrom, worstFirst } from "./agents.js";
import { arrange, whenNew } from "./arrange.js";
import { address } from "./view.js";

/**
 * @typedef {import("./agents.js").Agent} Agent
 * @typedef {import("./agents.js").Risk} Risk
 * @typedef {import("./agents.js").Told} Told
 * @typedef {import("./agents.js").State} State
 */

/** @type {Record<State, string>} */
const SHAPES = { error: "◆", ringing: "◎", on_contact: "●", after_contact_work: "◐", available: "○", custom: "□", offline: "–" };

/** @type {Record<import("./agents.js").Why, string>} */
export const RISK_SHAPES = { harassment: "▲", help: "▲", waits_long: "▲", talks_long: "▽" };

// From here on a mark has two lines: a floor of hundreds is looked over, not read.
const MANY = 60;

/** A time for a glance: seconds in the first minute, then whole minutes, so that a calm floor does not flicker. @param {number} seconds */
export const roughly = (seconds) => spoken("duration", seconds < 60 ? Math.floor(seconds) : 60 * Math.floor(seconds / 60));

/** @param {import("./agents.js").Named | null} site */
export const siteName = (site) => (site ? (site.name ?? site.id) : t("nameless.site"));

/** @param {Agent} agent */
const stateName = (agent) => (agent.state === "custom" && agent.status ? agent.status : t(`state.${agent.state}`));

/** @param {import("./agents.js").Hand} hand @param {string} at */
function handText(hand, at) {
  // Only calls can be on hold, so that word can stand in the channel's place.
  const how = hand.state === "CONNECTED_ONHOLD" ? t("hand.held") : word("channel", hand.channel);
  return [how, hand.queue?.name ?? hand.queue?.id, roughly(secondsFrom(hand.since, at))].filter(Boolean).join(" · ");
}

/** @returns {HTMLLIElement} */
const emptyMark = () =>
  el(
    "li",
    { class: "agent" },
    el("span", { class: "shape", "aria-hidden": "true" }),
    el("span", { class: "name" }),
    el("span", { class: "doing" }, el("span", { class: "state-word" }), " ", el("span", { class: "for" })),
    el("span", { class: "hand" }),
  );

/** @param {HTMLElement} mark @param {Agent} agent @param {Risk | null} need @param {string} at */
function writeMark(mark, agent, need, at) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (mark.querySelector(`.${name}`));
  const name = agent.agent.name ?? agent.agent.id;
  const state = need ? t(`why.${need.why}`) : stateName(agent);
  const since = roughly(need ? need.seconds : secondsFrom(agent.since, at));
  const hands = agent.contacts.map((hand) => handText(hand, at));
  const inHand = agent.contacts.find((hand) => hand.contact_id === need?.contact_id) ?? agent.contacts[0];
  const href = inHand ? address({ drill: "contact", contact: inHand.contact_id }) : null;
  whenNew(mark, [language(), name, agent.state, need?.why, state, since, hands, href], () => {
    mark.setAttribute("data-state", agent.state);
    mark.setAttribute("data-need", need?.why ?? "");
    mark.setAttribute("title", [`${name} · ${stateName(agent)}`, ...hands].join("\n"));
    say(part("shape"), need ? RISK_SHAPES[need.why] : SHAPES[agent.state]);
    const link = part("name").querySelector("a");
    if (href && link) {
      link.setAttribute("href", href);
      say(link, name);
    } else if (href) part("name").replaceChildren(el("a", { href, "data-view": true }, name));
    else part("name").replaceChildren(name);
    say(part("state-word"), state);
    say(part("for"), since);
    // The first is what the mark leads to; the others have links of their own.
    const others = agent.contacts.filter((hand) => hand !== inHand);
    part("hand").replaceChildren(
      inHand ? handText(inHand, at) : "",
      ...others.map((hand) => el("a", { class: "also", href: address({ drill: "contact", contact: hand.contact_id }), "data-view": true }, handText(hand, at))),
    );
  });
}

/** @returns {HTMLElement} */
const emptySite = () => el("section", { class: "site" }, el("div", { class: "site-head" }, el("h3"), el("ul", { class: "counts" })), el("ul", { class: "marks" }));

/** @param {HTMLElement} place @param {[State, number][]} counts @param {State | null} only */
function writeCounts(place, counts, only) {
  arrange(place, counts.map(([state, count]) => ({
    id: state,
    make: () => el("li", {}, el("a", { "data-view": true }, el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[state]), " ", el("span", { class: "words" }))),
    write: (/** @type {HTMLLIElement} */ chip) => {
      const href = address({ state: state === only ? null : state });
      whenNew(chip, [language(), count, state === only, href], () => {
        const link = /** @type {HTMLAnchorElement} */ (chip.querySelector("a"));
        link.setAttribute("href", href);
        link.title = t(state === only ? "floor.every" : "floor.only", { state: t(`state.${state}`) });
        if (state === only) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
        say(/** @type {Element} */ (chip.querySelector(".words")), `${t(`state.${state}`)} ${count}`);
      });
    },
  })));
}

/** @param {HTMLElement} place @param {Told} told @param {{only: State | null, wall: boolean}} how */
export function drawMarks(place, told, { only, wall }) {
  const risks = worstFirst(told.at_risk);
  const sites = bySite(told, only, siteName, language());
  const shown = sites.reduce((sum, { agents }) => sum + agents.length, 0);
  const density = wall || shown > MANY ? "compact" : "roomy";
  if (place.dataset.density !== density) place.dataset.density = density;
  arrange(place, sites.map(({ site, agents, counts }) => ({
    id: site?.id ?? "",
    make: emptySite,
    write: (/** @type {HTMLElement} */ section) => {
      say(/** @type {Element} */ (section.querySelector("h3")), siteName(site));
      writeCounts(/** @type {HTMLElement} */ (section.querySelector(".counts")), counts, only);
      arrange(/** @type {HTMLElement} */ (section.querySelector(".marks")), agents.map((agent) => {
        const need = needOf(agent, risks);
        const { order, since } = rankOf(agent, need);
        return { id: agent.agent.id, rank: `${order}/${since}`, make: emptyMark, write: (/** @type {HTMLLIElement} */ mark) => writeMark(mark, agent, need, told.at) };
      }));
    },
  })));
  // Nobody scrolls a wall: what does not fit in two lines a mark has one.
  if (wall && place.getBoundingClientRect().bottom + scrollY > innerHeight) place.dataset.density = "dense";
}
