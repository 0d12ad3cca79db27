/** From a widget of a CloudWatch dashboard body and the series that came with it to the lines it draws. */

import { MathProblem, evaluate } from "./metric-math.js";

/**
 * @typedef {{id?: string, label?: string, stat?: string, period?: number, color?: string, yAxis?: "left" | "right", visible?: boolean, expression?: string}} Options
 * @typedef {{type: string, x?: number, y?: number, width?: number, height?: number, properties: Record<string, any>}} Widget
 * @typedef {{name: string, from: string | number, to: string | number, body: {widgets: Widget[], variables?: {id?: string, label?: string, property?: string}[]}, series: Arrived[], alarms?: Alarm[]}} Dashboard
 * @typedef {{widget: number, metric: number, period: number, stat: string, timestamps: number[], values: number[]}} Arrived
 * @typedef {{name: string, arn: string, state: "OK" | "ALARM" | "INSUFFICIENT_DATA", reason?: string}} Alarm
 * @typedef {{label: string, color?: string, axis: "left" | "right", period: number, points: Map<number, number>}} Line
 * @typedef {{from: number, to: number}} Span seconds of the epoch
 */

/** @param {string | number} moment ISO 8601 or seconds */
export const seconds = (moment) => (typeof moment === "number" ? moment : Date.parse(moment) / 1000);

/** Writes out the shorthand of a metric entry: `.` repeats the field above, `...` all fields but those that follow.
 * @param {(string | Options)[][]} entries @returns {{fields: string[], options: Options}[]} */
export function expand(entries) {
  /** @type {string[]} */
  let above = [];
  return entries.map((entry) => {
    const last = entry[entry.length - 1];
    const options = typeof last === "object" ? last : {};
    const given = /** @type {string[]} */ (entry.filter((part) => typeof part === "string"));
    if (!given.length) return { fields: [], options };
    const fields = given[0] === "..." ? [...above.slice(0, above.length - given.length + 1), ...given.slice(1)] : given.map((part, index) => (part === "." ? above[index] : part));
    above = fields;
    return { fields, options };
  });
}

/** What tells the metrics of a widget apart: their names, or the value of their last dimension where the names are one.
 * @param {{fields: string[], options: Options}[]} metrics @param {number} index */
function labelOf(metrics, index) {
  const { fields, options } = metrics[index];
  if (options.label !== undefined) return options.label;
  if (options.expression !== undefined) return options.id ?? options.expression;
  const name = fields[1];
  const namesakes = metrics.filter((other) => other.fields[1] === name);
  return namesakes.length > 1 && fields.length > 3 ? `${name} ${fields[fields.length - 1]}` : name;
}

/** The one value of a series over the whole range, by its statistic. @param {Map<number, number>} points @param {string} stat @param {number} at */
function whole(points, stat, at) {
  const values = [...points.values()];
  if (!values.length) return new Map();
  const sum = values.reduce((so, far) => so + far, 0);
  const value = { Sum: sum, SampleCount: sum, Maximum: Math.max(...values), Minimum: Math.min(...values) }[stat] ?? sum / values.length;
  return new Map([[at, value]]);
}

/**
 * @param {Widget} widget
 * @param {number} index its place in the body, by which the series name it
 * @param {Dashboard} dashboard
 * @returns {{lines: Line[], problems: string[]}}
 */
export function linesOf(widget, index, dashboard) {
  const { properties } = widget;
  const metrics = expand(properties.metrics ?? []);
  const arrived = new Map(dashboard.series.filter((one) => one.widget === index).map((one) => [one.metric, one]));
  const [from, to] = [seconds(dashboard.from), seconds(dashboard.to)];
  const isWhole = properties.setPeriodToTimeRange === true && properties.view !== "timeSeries";
  const usual = properties.period ?? [...arrived.values()][0]?.period ?? 300;

  const entries = metrics.map(({ options }, place) => {
    const label = labelOf(metrics, place);
    if (options.expression !== undefined) return { id: options.id ?? "", label, expression: options.expression };
    const came = arrived.get(place);
    const points = new Map((came?.timestamps ?? []).map((moment, at) => /** @type {[number, number]} */ ([moment, came?.values[at] ?? 0])).sort((one, other) => one[0] - other[0]));
    const stat = came?.stat ?? options.stat ?? properties.stat ?? "Average";
    const period = isWhole ? to - from : (came?.period ?? options.period ?? usual);
    return { id: options.id ?? "", label, series: { points: isWhole ? whole(points, stat, from) : points, period, label } };
  });
  const results = evaluate(entries, { from, to, period: isWhole ? to - from : usual });

  /** @type {Line[]} */
  const lines = [];
  /** @type {string[]} */
  const problems = [];
  results.forEach((result, place) => {
    const { options } = metrics[place];
    if (options.visible === false) return;
    if (result instanceof MathProblem) problems.push(`${labelOf(metrics, place)}: ${result.message}`);
    else for (const { label, points, period } of result) lines.push({ label, points, period, color: options.color, axis: options.yAxis ?? "left" });
  });
  return { lines, problems };
}

/** The last value of a line, or null. @param {Line} line @returns {number | null} */
export const lastOf = (line) => [...line.points.values()].pop() ?? null;

/** Horizontal annotations that are drawn; a pair is a band. @param {Widget} widget @returns {{label: string, value: number, to?: number, fill?: "above" | "below", axis: "left" | "right"}[]} */
export function targetsOf(widget) {
  /** @type {any[]} */
  const stated = widget.properties.annotations?.horizontal ?? [];
  return stated
    .map((one) => (Array.isArray(one) ? { ...one[0], to: one[1]?.value } : one))
    .filter((one) => one.visible !== false && Number.isFinite(one.value))
    .map(({ label, value, to, fill, yAxis }) => ({ label: label ?? "", value, to, fill, axis: yAxis ?? "left" }));
}
