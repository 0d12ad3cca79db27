/** Adding up rows of connection quality: counts are summed and rates weighed by what they are rates of, never averaged. */

/**
 * @typedef {object} Row one interval of one queue, site or channel, as the API gives it; rates from 0 to 1, times in seconds
 * @property {string} start
 * @property {string} [queue]
 * @property {string} [queue_name]
 * @property {string} [site]
 * @property {string} [site_name]
 * @property {string} [channel]
 * @property {number} arrived
 * @property {number} left_in_menu
 * @property {number} turned_away
 * @property {number} offered
 * @property {number} answered
 * @property {number} abandoned
 * @property {number} callbacks_promised
 * @property {number} transferred
 * @property {number} other
 * @property {number | null} answer_rate
 * @property {number | null} service_level
 * @property {number | null} average_speed_of_answer
 * @property {number | null} average_handle_time
 * @property {number | null} longest_wait
 *
 * @typedef {{queue: string, queue_name?: string, channel?: string, waiting: number, longest_wait: number | null}} Waiting
 *
 * @typedef {object} Sum
 * @property {number} arrived
 * @property {number} left_in_menu
 * @property {number} turned_away
 * @property {number} offered
 * @property {number} answered
 * @property {number} abandoned
 * @property {number} callbacks_promised
 * @property {number} transferred
 * @property {number} other
 * @property {number} answered_in_time
 * @property {number | null} answer_rate
 * @property {number | null} abandoned_rate
 * @property {number | null} service_level
 * @property {number | null} average_speed_of_answer
 * @property {number | null} average_handle_time
 * @property {number | null} longest_wait
 */

const COUNTS = /** @type {const} */ ([
  "arrived", "left_in_menu", "turned_away", "offered", "answered", "abandoned", "callbacks_promised", "transferred", "other",
]);

/** @param {Row[]} rows @param {"service_level" | "average_speed_of_answer" | "average_handle_time"} rate @param {"offered" | "answered"} of */
function weighed(rows, rate, of) {
  const told = rows.filter((row) => row[rate] !== null && row[rate] !== undefined);
  return { sum: told.reduce((sum, row) => sum + (row[rate] ?? 0) * row[of], 0), weight: told.reduce((sum, row) => sum + row[of], 0) };
}

/** @param {number} part @param {number} whole */
const ratio = (part, whole) => (whole > 0 ? part / whole : null);

/** @param {Row[]} rows @returns {Sum} */
export function total(rows) {
  const counts = /** @type {Record<typeof COUNTS[number], number>} */ (
    Object.fromEntries(COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + (row[name] ?? 0), 0)]))
  );
  const level = weighed(rows, "service_level", "offered");
  const speed = weighed(rows, "average_speed_of_answer", "answered");
  const handling = weighed(rows, "average_handle_time", "answered");
  const waits = rows.flatMap((row) => row.longest_wait ?? []);
  return {
    ...counts,
    answered_in_time: Math.round(level.sum),
    answer_rate: ratio(counts.answered, counts.offered),
    abandoned_rate: ratio(counts.abandoned, counts.offered),
    service_level: ratio(level.sum, level.weight),
    average_speed_of_answer: ratio(speed.sum, speed.weight),
    average_handle_time: ratio(handling.sum, handling.weight),
    longest_wait: waits.length ? Math.max(...waits) : null,
  };
}

/** Rows in groups, in the order of the groups' keys. @param {Row[]} rows @param {(row: Row) => string} key @returns {[string, Row[]][]} */
export function grouped(rows, key) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Who waits now, over these rows. @param {Waiting[]} rows @returns {{waiting: number, longest_wait: number | null}} */
export function queueing(rows) {
  const waits = rows.filter((row) => row.waiting > 0).flatMap((row) => row.longest_wait ?? []);
  return { waiting: rows.reduce((sum, row) => sum + row.waiting, 0), longest_wait: waits.length ? Math.max(...waits) : null };
}
