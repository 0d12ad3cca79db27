/** Adding up rows of connection quality: counts are summed and divided again, never the rates averaged. */

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
 * @property {number} answered_in_time
 * @property {number} abandoned
 * @property {number} callbacks_promised
 * @property {number} transferred
 * @property {number} other
 * @property {number | null} answer_rate
 * @property {number | null} service_level
 * @property {number | null} average_speed_of_answer
 * @property {number | null} average_handle_time
 * @property {number} longest_wait  0 where nobody waited
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
  "arrived", "left_in_menu", "turned_away", "offered", "answered", "answered_in_time", "abandoned", "callbacks_promised", "transferred", "other",
]);

/** @param {number} part @param {number} whole */
const ratio = (part, whole) => (whole > 0 ? part / whole : null);

/** The average over several rows: each counts by how many were answered in it.
 * @param {Row[]} rows @param {"average_speed_of_answer" | "average_handle_time"} average */
function weighed(rows, average) {
  const told = rows.filter((row) => row[average] !== null);
  return ratio(
    told.reduce((sum, row) => sum + (row[average] ?? 0) * row.answered, 0),
    told.reduce((sum, row) => sum + row.answered, 0),
  );
}

/** @param {Row[]} rows @returns {Sum} */
export function total(rows) {
  const counts = /** @type {Record<typeof COUNTS[number], number>} */ (
    Object.fromEntries(COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + (row[name] ?? 0), 0)]))
  );
  return {
    ...counts,
    answer_rate: ratio(counts.answered, counts.offered),
    abandoned_rate: ratio(counts.abandoned, counts.offered),
    service_level: ratio(counts.answered_in_time, counts.offered),
    average_speed_of_answer: weighed(rows, "average_speed_of_answer"),
    average_handle_time: weighed(rows, "average_handle_time"),
    longest_wait: counts.offered ? Math.max(...rows.map((row) => row.longest_wait)) : null,
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

/** What stands for the queue, site or channel of a contact that has none. */
export const NOWHERE = "none";

/** Who waits now, over these rows. @param {Waiting[]} rows @returns {{waiting: number, longest_wait: number | null}} */
export function queueing(rows) {
  const waits = rows.filter((row) => row.waiting > 0).flatMap((row) => row.longest_wait ?? []);
  return { waiting: rows.reduce((sum, row) => sum + row.waiting, 0), longest_wait: waits.length ? Math.max(...waits) : null };
}
