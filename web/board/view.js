/** What the board shows, kept in the address: every view can be sent to a colleague, and Back goes back. */

/**
 * @typedef {"3h" | "today" | "7d" | "4w"} Range
 * @typedef {"15m" | "hour" | "day" | "week" | "month"} Step
 * @typedef {"queue" | "site" | "channel"} By
 * @typedef {{range: Range, step: Step, by: By, wall: boolean, drill: URLSearchParams | null}} View
 */

/** Each range with the steps that make between one and a hundred rows of it, the usual one first. @type {Record<Range, Step[]>} */
export const STEPS = {
  "3h": ["15m", "hour"],
  today: ["hour", "15m", "day"],
  "7d": ["day", "hour", "week"],
  "4w": ["week", "day", "month"],
};

/** @type {Range[]} */
export const RANGES = ["3h", "today", "7d", "4w"];
/** @type {By[]} */
export const DIMENSIONS = ["queue", "site", "channel"];

/** Parameters that belong to the view beneath a drill-down. */
const BENEATH = ["range", "step", "by", "wall"];

/** @template {string} T @param {readonly T[]} allowed @param {string | null} wanted @returns {T} */
const oneOf = (allowed, wanted) => allowed.find((one) => one === wanted) ?? allowed[0];

/** @returns {View} */
export function view() {
  const query = new URLSearchParams(location.search);
  const range = oneOf(RANGES, query.get("range") ?? "today");
  return {
    range,
    step: oneOf(STEPS[range], query.get("step")),
    by: oneOf(DIMENSIONS, query.get("by")),
    wall: query.get("wall") === "1",
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
