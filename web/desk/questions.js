/** What the lists beneath the bar ask: which state, and where to. */

import { el } from "../shared/dom.js";
import { t, word } from "../shared/i18n.js";
import { STATUS_MARKS } from "./bar.js";
import { icon } from "./icons.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./chooser.js").Question} Question
 */

/** @param {Agent} agent @param {(id: string) => void} chosen @returns {Question} */
export const whichState = (agent, chosen) => ({
  title: "state.title",
  empty: "state.none",
  filter: false,
  choices: agent.statuses.map((status) => ({
    id: status.id,
    label: word("status", status.name),
    note: status.id === agent.status.id ? t("state.now") : status.id === agent.next?.id ? t("state.after") : "",
    mark: el("span", { class: "mark", "aria-hidden": "true", "data-type": status.type }, STATUS_MARKS[status.type]),
    current: status.id === (agent.next ?? agent.status).id,
  })),
  chosen,
});

/** @param {Agent} agent @param {(id: string) => void} chosen @returns {Question} */
export const whereTo = (agent, chosen) => ({
  title: "transfer.title",
  empty: "transfer.none",
  filter: true,
  choices: agent.destinations.map(({ id, name, type }) => ({ id, label: name, note: t(`destination.${type}`), mark: icon(type), current: false })),
  chosen,
});
