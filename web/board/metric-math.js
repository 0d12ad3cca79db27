/**
 * CloudWatch metric math over the series of one widget. The expression is read by jsep into a tree and walked here; nothing
 * of it is ever run as code. Rules as CloudWatch states them: a missing value counts as 0 in arithmetic, a division by zero
 * drops the point, and a graph needs a time series, not a bare number.
 */

import jsep from "/vendor/jsep.js";

/**
 * @typedef {{points: Map<number, number>, period: number, label: string}} Series  seconds of the epoch to value; the period in seconds
 * @typedef {number | string | Series | Series[]} Value
 * @typedef {{id: string, expression?: string, label: string, series?: Series}} Entry  a metric with its series, or an expression
 * @typedef {{from: number, to: number, period: number}} Frame  what a graph spans, in seconds
 * @typedef {{frame: Frame, metrics: Map<string, Series>, named: (id: string) => Value}} Scope
 */

/** An expression that we cannot work out; the message names the part at fault. */
export class MathProblem extends Error {}

// CloudWatch has its own operators and no others: `^` is a power here, not JavaScript's exclusive or.
jsep.removeAllBinaryOps();
jsep.removeAllUnaryOps();
jsep.addUnaryOp("-");
jsep.addUnaryOp("+");
for (const [operator, precedence] of /** @type {[string, number][]} */ ([
  ["OR", 1], ["||", 1], ["AND", 2], ["&&", 2], ["==", 6], ["!=", 6], ["<", 7], [">", 7], ["<=", 7], [">=", 7],
  ["+", 9], ["-", 9], ["*", 10], ["/", 10],
])) jsep.addBinaryOp(operator, precedence);
jsep.addBinaryOp("^", 11, true);

/** @type {Record<string, (a: number, b: number) => number>} */
const OPERATORS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0 ? NaN : a / b),
  "^": (a, b) => a ** b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

/** @param {Value} value @returns {value is Series} */
const isSeries = (value) => typeof value === "object" && !Array.isArray(value);

/** @param {Iterable<[number, number]>} points @param {Series} like @returns {Series} */
function seriesOf(points, like) {
  const finite = [...points].filter((point) => Number.isFinite(point[1])).sort((one, other) => one[0] - other[0]);
  return { points: new Map(finite), period: like.period, label: like.label };
}

/** @param {Series[]} all @returns {number[]} */
const moments = (all) => [...new Set(all.flatMap((one) => [...one.points.keys()]))].sort((one, other) => one - other);

/** @param {Value | undefined} value @param {string} what @returns {number | Series | Series[]} */
function numeric(value, what) {
  if (value === undefined) throw new MathProblem(`${what} is short of an argument`);
  if (typeof value === "string") throw new MathProblem(`${what}: "${value}" is not a number or a series`);
  return value;
}

/** One operation over whatever mixture of numbers, series and lists of series. @param {string} name @param {(a: number, b: number) => number} work
 * @param {Value} left @param {Value} right @returns {Value} */
function combine(name, work, left, right) {
  const [a, b] = [numeric(left, name), numeric(right, name)];
  if (Array.isArray(a) && Array.isArray(b)) throw new MathProblem(`${name} between two lists of series`);
  if (Array.isArray(a)) return a.map((one) => /** @type {Series} */ (combine(name, work, one, b)));
  if (Array.isArray(b)) return b.map((one) => /** @type {Series} */ (combine(name, work, a, one)));
  if (typeof a === "number" && typeof b === "number") return work(a, b);
  const like = /** @type {Series} */ (isSeries(a) ? a : b);
  const at = (/** @type {number | Series} */ side, /** @type {number} */ moment) => (typeof side === "number" ? side : (side.points.get(moment) ?? 0));
  const when = moments([a, b].filter(isSeries));
  return seriesOf(when.map((moment) => [moment, work(at(a, moment), at(b, moment))]), like);
}

/** @param {string} name @param {(a: number) => number} work @param {Value} value @returns {Value} */
const each = (name, work, value) => combine(name, (a) => work(a), value, 0);

/** @param {number[]} values */
const sum = (values) => values.reduce((so, far) => so + far, 0);
/** @param {number[]} values */
const mean = (values) => sum(values) / values.length;

/** Over the points of one series: a number; over a list of series: a series, moment by moment, of the values that are there.
 * @param {string} name @param {(values: number[]) => number} work @returns {(value: Value) => Value} */
const over = (name, work) => (value) => {
  const of = numeric(value, name);
  if (typeof of === "number") return work([of]);
  if (isSeries(of)) return of.points.size ? work([...of.points.values()]) : NaN;
  if (!of.length) throw new MathProblem(`${name} of no series`);
  return seriesOf(moments(of).map((moment) => [moment, work(of.flatMap((one) => one.points.get(moment) ?? []))]), of[0]);
};

/** One series from each: its points with the one before. @param {string} name @param {(point: [number, number], before: [number, number]) => number} work @returns {(value: Value) => Value} */
const sincePrevious = (name, work) => (value) => {
  const of = numeric(value, name);
  if (typeof of === "number") throw new MathProblem(`${name} of a bare number`);
  if (Array.isArray(of)) return of.map((one) => /** @type {Series} */ (sincePrevious(name, work)(one)));
  const points = [...of.points];
  return seriesOf(points.slice(1).map((point, index) => [point[0], work(point, points[index])]), of);
};

/** A value that a series takes from its moments (in UTC, as CloudWatch does). @param {string} name @param {(at: Date) => number} work @returns {(value: Value) => Value} */
const ofMoment = (name, work) => (value) => {
  if (!isSeries(value)) throw new MathProblem(`${name} needs one series`);
  return seriesOf([...value.points.keys()].map((moment) => [moment, work(new Date(1000 * moment))]), value);
};

/** @param {Frame} frame @param {number} period @returns {number[]} */
function grid({ from, to }, period) {
  const first = Math.ceil(from / period) * period;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / period)) }, (_, index) => first + index * period);
}

/** @param {Value} value @param {Value | undefined} how @param {Scope} scope @returns {Value} */
function fill(value, how, scope) {
  const of = numeric(value, "FILL");
  if (Array.isArray(of)) return of.map((one) => /** @type {Series} */ (fill(one, how, scope)));
  if (typeof of === "number") throw new MathProblem("FILL of a bare number");
  const known = [...of.points];
  /** @param {number} moment @returns {number} */
  const filler = (moment) => {
    const before = known.filter((point) => point[0] < moment).pop();
    const after = known.find((point) => point[0] > moment);
    if (how === "REPEAT") return before?.[1] ?? NaN;
    if (how === "LINEAR") return before && after ? before[1] + ((after[1] - before[1]) * (moment - before[0])) / (after[0] - before[0]) : NaN;
    if (typeof how === "number") return how;
    if (how !== undefined && isSeries(how)) return how.points.get(moment) ?? NaN;
    throw new MathProblem("FILL needs a number, a series, REPEAT or LINEAR");
  };
  const all = new Set([...grid(scope.frame, of.period), ...of.points.keys()]);
  return seriesOf([...all].map((moment) => [moment, of.points.get(moment) ?? filler(moment)]), of);
}

/** @param {Value} condition @param {Value} then @param {Value} otherwise @returns {Value} */
function choose(condition, then, otherwise) {
  const test = numeric(condition, "IF");
  if (Array.isArray(test)) throw new MathProblem("IF over a list of series");
  if (typeof test === "number") return test !== 0 ? then : otherwise;
  const branches = [numeric(then, "IF"), numeric(otherwise, "IF")];
  return seriesOf(
    [...test.points].map(([moment, value]) => {
      const branch = branches[value !== 0 ? 0 : 1];
      if (Array.isArray(branch)) throw new MathProblem("IF that chooses a list of series");
      return [moment, typeof branch === "number" ? branch : (branch.points.get(moment) ?? NaN)];
    }),
    test,
  );
}

/** @param {Value} value @param {"first" | "last"} which @returns {Value} */
function pick(value, which) {
  if (!Array.isArray(value) || !value.length) throw new MathProblem(`${which.toUpperCase()} needs a list of series`);
  return which === "first" ? value[0] : value[value.length - 1];
}

/** @type {Record<string, (args: Value[], scope: Scope) => Value>} */
const FUNCTIONS = {
  ABS: ([a]) => each("ABS", Math.abs, a),
  CEIL: ([a]) => each("CEIL", Math.ceil, a),
  FLOOR: ([a]) => each("FLOOR", Math.floor, a),
  LOG: ([a]) => each("LOG", Math.log, a),
  LOG10: ([a]) => each("LOG10", Math.log10, a),
  SUM: ([a]) => over("SUM", sum)(a),
  AVG: ([a]) => over("AVG", mean)(a),
  MIN: ([a]) => over("MIN", (values) => Math.min(...values))(a),
  MAX: ([a]) => over("MAX", (values) => Math.max(...values))(a),
  STDDEV: ([a]) => over("STDDEV", (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2))))(a),
  DATAPOINT_COUNT: ([a]) => over("DATAPOINT_COUNT", (values) => values.length)(a),
  DIFF: ([a]) => sincePrevious("DIFF", (point, before) => point[1] - before[1])(a),
  DIFF_TIME: ([a]) => sincePrevious("DIFF_TIME", (point, before) => point[0] - before[0])(a),
  RATE: ([a]) => sincePrevious("RATE", (point, before) => (point[1] - before[1]) / (point[0] - before[0]))(a),
  EPOCH: ([a]) => ofMoment("EPOCH", (at) => at.getTime() / 1000)(a),
  MINUTE: ([a]) => ofMoment("MINUTE", (at) => at.getUTCMinutes())(a),
  HOUR: ([a]) => ofMoment("HOUR", (at) => at.getUTCHours())(a),
  DAY: ([a]) => ofMoment("DAY", (at) => at.getUTCDay() || 7)(a),
  DATE: ([a]) => ofMoment("DATE", (at) => at.getUTCDate())(a),
  MONTH: ([a]) => ofMoment("MONTH", (at) => at.getUTCMonth() + 1)(a),
  YEAR: ([a]) => ofMoment("YEAR", (at) => at.getUTCFullYear())(a),
  FILL: ([a, how], scope) => fill(a, how, scope),
  IF: ([condition, then, otherwise]) => choose(condition, then, otherwise ?? NaN),
  FIRST: ([a]) => pick(a, "first"),
  LAST: ([a]) => pick(a, "last"),
  METRICS: ([part], { metrics }) => {
    const found = [...metrics].filter(([id]) => typeof part !== "string" || id.includes(part)).map(([, series]) => series);
    if (!found.length) throw new MathProblem("METRICS() of no metric");
    return found;
  },
  PERIOD: ([a]) => {
    if (!isSeries(a)) throw new MathProblem("PERIOD needs one series");
    return a.period;
  },
  RUNNING_SUM: ([a]) => {
    if (!isSeries(a)) throw new MathProblem("RUNNING_SUM needs one series");
    let so = 0;
    return seriesOf([...a.points].map(([moment, value]) => [moment, (so += value)]), a);
  },
  TIME_SERIES: ([a], { frame }) => {
    if (typeof a !== "number") throw new MathProblem("TIME_SERIES needs a number");
    return seriesOf(grid(frame, frame.period).map((moment) => [moment, a]), { points: new Map(), period: frame.period, label: "" });
  },
};

/** @param {any} node a node of jsep's tree @param {Scope} scope @returns {Value} */
function walk(node, scope) {
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "number" || typeof node.value === "string") return node.value;
      break;
    case "Identifier":
      // REPEAT and LINEAR are words of FILL; ids begin with a small letter, so the two cannot meet.
      return node.name === "REPEAT" || node.name === "LINEAR" ? node.name : scope.named(node.name);
    case "UnaryExpression":
      return each(node.operator, (a) => (node.operator === "-" ? -a : a), walk(node.argument, scope));
    case "BinaryExpression":
    case "LogicalExpression":
      return combine(node.operator, OPERATORS[node.operator], walk(node.left, scope), walk(node.right, scope));
    case "ArrayExpression":
      return node.elements.flatMap((/** @type {any} */ element) => {
        const value = walk(element, scope);
        if (typeof value === "number" || typeof value === "string") throw new MathProblem("a list holds series only");
        return value;
      });
    case "CallExpression": {
      const name = node.callee.name;
      if (!Object.hasOwn(FUNCTIONS, name)) throw new MathProblem(`${name}()`);
      return FUNCTIONS[name](node.arguments.map((/** @type {any} */ argument) => walk(argument, scope)), scope);
    }
  }
  throw new MathProblem(node.type);
}

/**
 * Works out every entry of a widget; expressions may use metrics and each other by id, in any order.
 * @param {Entry[]} entries
 * @param {Frame} frame
 * @returns {(Series[] | MathProblem)[]} for each entry what it draws (an expression may make several series), or why it cannot
 */
export function evaluate(entries, frame) {
  const metrics = new Map(entries.filter((entry) => entry.series && entry.id).map((entry) => [entry.id, /** @type {Series} */ (entry.series)]));
  /** @type {Set<string>} */
  const open = new Set();

  /** @param {string} id @returns {Value} */
  const named = (id) => {
    const entry = entries.find((one) => one.id === id);
    if (!entry) throw new MathProblem(`there is no "${id}"`);
    if (open.has(id)) throw new MathProblem(`"${id}" is made of itself`);
    open.add(id);
    try {
      return valueOf(entry);
    } finally {
      open.delete(id);
    }
  };

  /** @param {Entry} entry @returns {Value} */
  const valueOf = (entry) => {
    if (entry.series) return entry.series;
    let tree;
    try {
      tree = jsep(entry.expression ?? "");
    } catch (problem) {
      throw new MathProblem(/** @type {Error} */ (problem).message);
    }
    return walk(tree, { frame, metrics, named });
  };

  return entries.map((entry) => {
    try {
      const value = entry.id ? named(entry.id) : valueOf(entry);
      if (typeof value === "number" || typeof value === "string") throw new MathProblem("a bare value, not a time series");
      if (isSeries(value)) return [{ ...value, label: entry.label }];
      return value.map((one) => ({ ...one, label: [entry.label, one.label].filter(Boolean).join(" ") }));
    } catch (problem) {
      if (problem instanceof MathProblem) return problem;
      throw problem;
    }
  });
}
