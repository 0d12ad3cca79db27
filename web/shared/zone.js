/** Moments in the centre's time zone, wherever the person who looks may be. */

/** @typedef {{year: number, month: number, day: number, hour: number, minute: number, second: number}} WallClock */

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Date} moment @param {string} zone @returns {WallClock} */
export function wallClock(moment, zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  return { year: parts.year, month: parts.month, day: parts.day, hour: parts.hour, minute: parts.minute, second: parts.second };
}

/** @param {WallClock} clock */
const asIfUtc = (clock) => Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second);

/** How far the zone is ahead of UTC at this moment, in milliseconds. @param {Date} moment @param {string} zone */
export function offset(moment, zone) {
  return asIfUtc(wallClock(moment, zone)) - Math.floor(moment.getTime() / 1000) * 1000;
}

/** ISO 8601 to the second with the zone's offset. @param {Date} moment @param {string} zone */
export function iso(moment, zone) {
  const ahead = offset(moment, zone);
  const local = new Date(moment.getTime() + ahead).toISOString().slice(0, 19);
  const minutes = Math.abs(ahead) / 60000;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The midnight that began this day, or one some days before. @param {Date} moment @param {string} zone @param {number} [daysBefore] */
export function midnight(moment, zone, daysBefore = 0) {
  const clock = wallClock(moment, zone);
  const local = Date.UTC(clock.year, clock.month - 1, clock.day - daysBefore);
  // The offset of the midnight itself counts: the clocks may have been changed since.
  const guess = new Date(local - offset(moment, zone));
  return new Date(local - offset(guess, zone));
}

/** @param {Date} moment @param {string} zone @param {string} language @param {Intl.DateTimeFormatOptions} how */
export function show(moment, zone, language, how) {
  return new Intl.DateTimeFormat(language === "ja" ? "ja-JP" : "en-GB", { timeZone: zone, hourCycle: "h23", ...how }).format(moment);
}
