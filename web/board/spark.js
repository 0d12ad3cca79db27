/** A trend the size of a word: a line with its gaps, the target as a dashed line, no axes. */

import { svg } from "../shared/dom.js";

const WIDTH = 120;
const HEIGHT = 32;
const EDGE = 2;

/** Stretches of neighbouring dots that have a value; a gap in data is a gap. @param {import("./figures.js").Dot[]} dots */
function stretches(dots) {
  /** @type {{at: number, value: number}[][]} */
  const found = [];
  let open = false;
  for (const { at, value } of dots) {
    if (value === null) open = false;
    else if (open) found[found.length - 1].push({ at, value });
    else {
      found.push([{ at, value }]);
      open = true;
    }
  }
  return found;
}

// A rate moves near its top; from zero its trend would be a straight line. One that falls below this is drawn from zero.
const RATE_FLOOR = 0.5;

/** Decoration beside a figure that says the same in words, so hidden from screen readers.
 * @param {import("./figures.js").Dot[]} dots @param {number | null} target @param {boolean} isRate @returns {SVGElement} */
export function spark(dots, target, isRate) {
  const picture = svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const lines = stretches(dots);
  const values = lines.flat().map((dot) => dot.value);
  if (!values.length) return picture;
  const top = isRate ? 1 : Math.max(...values, target ?? 0) * 1.1 || 1;
  const floor = isRate && Math.min(...values) >= RATE_FLOOR ? RATE_FLOOR : 0;
  const [first, last] = [dots[0].at, dots[dots.length - 1].at];
  const x = (/** @type {number} */ at) => (last === first ? WIDTH - EDGE : EDGE + ((at - first) / (last - first)) * (WIDTH - 2 * EDGE));
  const y = (/** @type {number} */ value) => HEIGHT - EDGE - ((value - floor) / (top - floor)) * (HEIGHT - 2 * EDGE);
  if (target !== null) picture.append(svg("line", { class: "target", x1: 0, x2: WIDTH, y1: y(target), y2: y(target) }));
  for (const line of lines) {
    // A single dot has no length; round line ends make a dot of it.
    const isDot = line.length === 1;
    const points = isDot ? [line[0], line[0]] : line;
    picture.append(svg("polyline", { class: isDot ? "dot" : "line", points: points.map((dot) => `${x(dot.at).toFixed(1)},${y(dot.value).toFixed(1)}`).join(" ") }));
  }
  return picture;
}
