/** The seven figures of the first screen: what each is, what is aimed at, and when somebody should act. */

import { grouped, queueing, total } from "./quality.js";

/**
 * @typedef {import("../shared/format.js").Kind} Kind
 * @typedef {"fine" | "watch" | "act" | "none"} Mood  `none`: nothing to judge yet
 * @typedef {"waiting" | "longest_wait" | "service_level" | "answer_rate" | "abandoned" | "average_speed_of_answer" | "average_handle_time"} FigureId
 * @typedef {Record<FigureId, number>} Targets  the target of `abandoned` is a share of what was offered
 * @typedef {{at: number, value: number | null}} Dot
 *
 * @typedef {object} Figure
 * @property {FigureId} id
 * @property {Kind} kind
 * @property {boolean} isNow        about this moment, not about the day so far
 * @property {boolean} moreIsBetter
 * @property {number | null} value
 * @property {number | null} judged  what is held against the target, if not the value itself
 * @property {Kind} judgedKind
 * @property {number} target
 * @property {Mood} mood
 * @property {Dot[]} trend
 * @property {number | null} trendTarget  the target on the trend's own scale
 */

/** What a support department starts from; /config.json may set others under `targets`. @type {Targets} */
export const USUAL_TARGETS = {
  waiting: 5,
  longest_wait: 60,
  service_level: 0.8,
  answer_rate: 0.9,
  abandoned: 0.05,
  average_speed_of_answer: 20,
  average_handle_time: 360,
};

/** Only what is wrong at this moment can be acted on, so only that may turn red: a day's average is to be watched.
 * @param {number | null} value @param {number} target @param {boolean} moreIsBetter @param {boolean} isNow @returns {Mood} */
function mood(value, target, moreIsBetter, isNow) {
  if (value === null) return "none";
  if (moreIsBetter ? value >= target : value <= target) return "fine";
  return isNow ? "act" : "watch";
}

/** @type {{id: Exclude<FigureId, "waiting" | "longest_wait" | "abandoned">, kind: Kind, moreIsBetter: boolean}[]} */
const OF_THE_DAY = [
  { id: "service_level", kind: "rate", moreIsBetter: true },
  { id: "answer_rate", kind: "rate", moreIsBetter: true },
  { id: "average_speed_of_answer", kind: "duration", moreIsBetter: false },
  { id: "average_handle_time", kind: "duration", moreIsBetter: false },
];

/**
 * @param {import("./quality.js").Row[]} today          the day so far in intervals
 * @param {import("./quality.js").Waiting[]} waiting
 * @param {{at: number, waiting: number, longest_wait: number | null}[]} seen  what this page saw since it was opened: nobody keeps the past of "now"
 * @param {Targets} targets
 * @returns {Figure[]}
 */
export function figures(today, waiting, seen, targets) {
  const day = total(today);
  const now = queueing(waiting);
  const intervals = grouped(today, (row) => row.start).map(([start, rows]) => ({ at: Date.parse(start) / 1000, sum: total(rows) }));

  /** @param {"waiting" | "longest_wait"} id @param {Kind} kind @param {number | null} value @returns {Figure} */
  const ofNow = (id, kind, value) => ({
    id, kind, value, isNow: true, moreIsBetter: false, judged: value, judgedKind: kind, target: targets[id],
    mood: value === null ? "fine" : mood(value, targets[id], false, true),
    trend: seen.map((dot) => ({ at: dot.at, value: dot[id] ?? 0 })),
    trendTarget: targets[id],
  });

  const ofTheDay = OF_THE_DAY.map(({ id, kind, moreIsBetter }) => /** @type {Figure} */ ({
    id, kind, moreIsBetter, value: day[id], isNow: false, judged: day[id], judgedKind: kind, target: targets[id],
    mood: mood(day[id], targets[id], moreIsBetter, false),
    trend: intervals.map(({ at, sum }) => ({ at, value: sum[id] })),
    trendTarget: targets[id],
  }));

  /** @type {Figure} */
  const abandoned = {
    id: "abandoned", kind: "count", moreIsBetter: false, value: day.abandoned, isNow: false,
    judged: day.abandoned_rate, judgedKind: "rate", target: targets.abandoned,
    mood: mood(day.abandoned_rate, targets.abandoned, false, false),
    trend: intervals.map(({ at, sum }) => ({ at, value: sum.abandoned })),
    trendTarget: null,
  };
  const [level, rate, speed, handling] = ofTheDay;
  return [ofNow("waiting", "count", now.waiting), ofNow("longest_wait", "duration", now.longest_wait), level, rate, abandoned, speed, handling];
}

/**
 * The one sentence that a glance is for: what is wrong right now, the worst first.
 * @param {Figure[]} all
 * @param {import("./quality.js").Waiting[]} waiting
 * @param {Targets} targets
 * @param {string[]} alarms names of alarms that ring
 * @param {string[]} calls what agents ask for help about, as sentences
 * @returns {{mood: Mood, what: "help" | "waits" | "many" | "alarm" | "below" | "fine" | "quiet", late: import("./quality.js").Waiting[], missed: Figure[]}}
 */
export function verdict(all, waiting, targets, alarms, calls) {
  const late = waiting
    .filter((row) => row.waiting > 0 && (row.longest_wait ?? 0) > targets.longest_wait)
    .sort((one, other) => (other.longest_wait ?? 0) - (one.longest_wait ?? 0));
  const missed = all.filter((figure) => figure.mood === "watch");
  const nothing = all.every((figure) => figure.isNow || figure.mood === "none");
  if (calls.length) return { mood: "act", what: "help", late, missed };
  if (late.length) return { mood: "act", what: "waits", late, missed };
  if (all.some((figure) => figure.mood === "act")) return { mood: "act", what: "many", late, missed };
  if (alarms.length) return { mood: "act", what: "alarm", late, missed };
  if (missed.length) return { mood: "watch", what: "below", late, missed };
  return { mood: nothing ? "none" : "fine", what: nothing ? "quiet" : "fine", late, missed };
}
