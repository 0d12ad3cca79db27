/** The stretch of time that a range means now. */

import { iso, midnight } from "../shared/zone.js";

/** @typedef {{from: string, to: string}} Period  ISO 8601 with the centre's offset */

const QUARTER = 15 * 60_000;

/** @param {import("./view.js").Range} range @param {Date} now @param {string} zone @returns {Period} */
export function period(range, now, zone) {
  // Up to the end of the running interval: the question stays the same for a quarter of an hour, and so do the axes.
  const to = new Date(Math.ceil((now.getTime() + 1) / QUARTER) * QUARTER);
  const from = {
    "3h": () => new Date(to.getTime() - 12 * QUARTER),
    today: () => midnight(now, zone),
    "7d": () => midnight(now, zone, 6),
    "4w": () => midnight(now, zone, 27),
  }[range]();
  return { from: iso(from, zone), to: iso(to, zone) };
}
