/** What the board shows, kept in the address: every view can be sent to a colleague, and Back goes back. */

import { STATES } from "./agents.js";

/**
 * @typedef {"3h" | "today" | "7d" | "4w"} Range
 * @typedef {"15m" | "hour" | "day" | "week" | "month"} Step
 * @typedef {"queue" | "site" | "channel"} By
 * @typedef {{range: Range, step: Step, by: By, wall: boolean, state: import("./agents.js").State | null, drill: URLSearchParams | null}} View  `state`: the agents that are shown, or null for all at work
 */

/** Each range with the steps that make a readable number of rows of it. @type {Record<Range, Step[]>} */
export const STEPS = {
  "3h": ["15m", "hour"],
  today: ["15m", "hour", "day"],
  "7d": ["hour", "day", "week"],
  "4w": ["day", "week", "month"],
};

/** @type {Record<Range, Step>} */
const USUAL_STEP = { "3h": "15m", today: "hour", "7d": "day", "4w": "week" };

/** @type {Range[]} */
export const RANGES = ["3h", "today", "7d", "4w"];
/** @type {By[]} */
export const DIMENSIONS = ["queue", "site", "channel"];

/** Parameters that belong to the view beneath a drill-down. */
const BENEATH = ["range", "step", "by", "wall", "state"];

/** @template {string} T @param {readonly T[]} allowed @param {string | null} wanted @returns {T} */
const oneOf = (allowed, wanted) => allowed.find((one) => one === wanted) ?? allowed[0];

/** @returns {View} */
export function view() {
  const query = new URLSearchParams(location.search);
  const range = oneOf(RANGES, query.get("range") ?? "today");
  return {
    range,
    step: STEPS[range].find((one) => one === query.get("step")) ?? USUAL_STEP[range],
    by: oneOf(DIMENSIONS, query.get("by")),
    wall: query.get("wall") === "1",
    state: STATES.find((one) => one === query.get("state")) ?? null,
    drill: query.has("drill") ? query : null,
  };
}

/** The address of this view with some parameters changed; null takes one away, and a change beneath closes a drill-down.
 * @param {Record<string, string | null>} changes */
export function address(changes) {
  const query = new URLSearchParams();
  const now = new URLSearchParams(location.search);
  for (const name of BENEATH) {
    const value = now.get(name);
    if (value !== null) query.set(name, value);
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return location.pathname + (text && `?${text}`);
}
