/** The stretch of time that a range means now. */

import { iso, midnight, wallClock } from "../shared/zone.js";

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

/** The part of a period that one step of it covers: weeks and months may begin before it and end after it.
 * @param {string} start @param {import("./view.js").Step} step @param {Period} within @param {string} zone @returns {Period} */
export function stepPeriod(start, step, within, zone) {
  const at = new Date(start);
  const { year, month } = wallClock(at, zone);
  const end = {
    "15m": () => new Date(at.getTime() + QUARTER),
    hour: () => new Date(at.getTime() + 4 * QUARTER),
    day: () => midnight(at, zone, -1),
    week: () => midnight(at, zone, -7),
    month: () => midnight(at, zone, -new Date(Date.UTC(year, month, 0)).getUTCDate()),
  }[step]();
  return {
    from: iso(new Date(Math.max(at.getTime(), Date.parse(within.from))), zone),
    to: iso(new Date(Math.min(end.getTime(), Date.parse(within.to))), zone),
  };
}

/** A moment before those who wait now began to wait. @param {number | null} longestWait @param {Date} now @param {string} zone */
export function since(longestWait, now, zone) {
  const began = now.getTime() - 1000 * (longestWait ?? 0);
  return iso(new Date((Math.floor(began / QUARTER) - 1) * QUARTER), zone);
}
