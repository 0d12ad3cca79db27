/** One time series widget on a canvas by uPlot: stated floors, target lines, the centre's time zone, gaps as gaps. */

import uPlot from "/vendor/uplot.js";
import { el, say } from "../shared/dom.js";
import { plain } from "../shared/format.js";
import { language, t } from "../shared/i18n.js";
import { colour } from "../shared/theme.js";
import { show } from "../shared/zone.js";
import { lastOf, targetsOf } from "./widget-data.js";

/**
 * @typedef {import("./widget-data.js").Line} Line
 * @typedef {import("./widget-data.js").Widget} Widget
 * @typedef {import("./widget-data.js").Span} Span
 */

const COLOURS = 6;
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
const DAY = 86_400;

/** All lines on one grid of moments; a moment that a line does not have is null, which uPlot leaves open.
 * @param {Line[]} lines @param {Span} span @param {boolean} stacked @returns {{moments: number[], rows: (number | null)[][]}} */
export function aligned(lines, span, stacked) {
  const all = new Set(lines.flatMap((line) => [...line.points.keys()]));
  // Moments at which nothing happened at all stand on the grid too, or the line would be drawn across them.
  for (const { points, period } of lines) {
    const first = points.keys().next().value;
    if (first === undefined || period <= 0) continue;
    for (let moment = first; moment <= span.to; moment += period) all.add(moment);
  }
  const moments = [...all].filter((moment) => moment >= span.from && moment <= span.to).sort((one, other) => one - other);
  const rows = lines.map((line) => moments.map((moment) => line.points.get(moment) ?? null));
  if (stacked) {
    for (let row = 1; row < rows.length; row += 1) {
      rows[row] = rows[row].map((value, at) => (value === null && rows[row - 1][at] === null ? null : (value ?? 0) + (rows[row - 1][at] ?? 0)));
    }
  }
  return { moments, rows };
}

/** Dots only where a value stands between two gaps: alone it would be a line without length.
 * @param {(number | null)[]} row @returns {number[]} */
const alone = (row) => row.flatMap((value, at) => (value !== null && (row[at - 1] ?? null) === null && (row[at + 1] ?? null) === null ? [at] : []));

/** The stated limits of an axis; without them counts begin at zero and everything drawn, targets too, has room.
 * @param {{min?: number, max?: number} | undefined} stated @param {number[]} drawn @returns {[number, number]} */
export function limits(stated, drawn) {
  const floor = stated?.min ?? Math.min(0, ...drawn);
  const top = stated?.max ?? Math.max(...drawn, floor) * (drawn.length ? 1.08 : 1);
  return [floor, top > floor ? top : floor + 1];
}

export class Chart {
  /** @param {HTMLElement} place @param {Widget} widget @param {string} zone */
  constructor(place, widget, zone) {
    this.widget = widget;
    this.zone = zone;
    this.stacked = widget.properties.stacked === true;
    this.targets = targetsOf(widget);
    /** @type {Line[]} */
    this.lines = [];
    /** @type {Span} */
    this.span = { from: 0, to: 1 };
    this.shape = "";
    /** @type {uPlot | null} */
    this.plot = null;
    this.legend = el("ul", { class: "legend" });
    this.legend.hidden = widget.properties.legend?.position === "hidden";
    this.canvas = el("div", { class: "canvas", tabindex: "0", role: "img", onkeydown: (/** @type {KeyboardEvent} */ event) => this.step(event) });
    this.canvas.addEventListener("blur", () => this.plot?.setCursor({ left: -10, top: -10 }));
    const { left, right } = widget.properties.yAxis ?? {};
    const units = el("p", { class: "units", "aria-hidden": "true" }, el("span", {}, left?.label ?? ""), el("span", {}, right?.label ?? ""));
    units.hidden = !left?.label && !right?.label;
    place.replaceChildren(units, this.canvas, this.legend);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.canvas);
  }

  destroy() {
    this.sizes.disconnect();
    this.plot?.destroy();
  }

  /** @param {Line[]} lines @param {Span} span */
  draw(lines, span) {
    this.lines = lines;
    this.span = span;
    const { moments, rows } = aligned(lines, span, this.stacked);
    // uPlot fixes its series when it is made; only another set of lines needs another plot.
    const shape = lines.map((line) => `${line.label}/${line.axis}/${line.color ?? ""}`).join("\n");
    if (!this.plot || shape !== this.shape) {
      this.shape = shape;
      this.plot?.destroy();
      this.plot = new uPlot(this.options(), [moments, ...rows], this.canvas);
    } else this.plot.setData([moments, ...rows]);
    this.writeLegend(null);
    this.describe();
  }

  fit() {
    if (this.plot && this.canvas.clientWidth && this.canvas.clientHeight) {
      this.plot.setSize({ width: this.canvas.clientWidth, height: this.canvas.clientHeight });
    }
  }

  /** @param {number} index */
  colourOf(index) {
    return this.lines[index].color ?? colour(`--series-${(index % COLOURS) + 1}`);
  }

  /** @returns {uPlot.Options} */
  options() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${0.75 * rem}px ${getComputedStyle(document.body).fontFamily}`;
    const [quiet, grid] = [colour("--text-quiet"), colour("--line")];
    const { left, right } = this.widget.properties.yAxis ?? {};
    const axis = { stroke: quiet, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 } };
    const hasRight = this.lines.some((line) => line.axis === "right");

    /** @param {"left" | "right"} side @param {{min?: number, max?: number} | undefined} stated */
    const scale = (side, stated) => ({
      range: () => {
        // A stacked line lies as high as the sums beneath it, so the drawn rows count and not the lines.
        const drawn = (this.plot?.data ?? [[], ...aligned(this.lines, this.span, this.stacked).rows])
          .slice(1)
          .flatMap((row, index) => (this.lines[index]?.axis === side ? [...row] : []));
        const targets = this.targets.filter((one) => one.axis === side).map((one) => one.to ?? one.value);
        return limits(stated, [.../** @type {number[]} */ (drawn.filter((value) => value !== null && value !== undefined)), ...targets]);
      },
    });

    return {
      width: this.canvas.clientWidth || 300,
      height: this.canvas.clientHeight || 200,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 0.5 * rem } },
      tzDate: (moment) => uPlot.tzDate(new Date(1000 * moment), this.zone),
      scales: { x: { range: () => [this.span.from, this.span.to] }, left: scale("left", left), right: scale("right", right) },
      axes: [
        { ...axis, space: 4 * rem, size: 1.75 * rem, values: (_, splits, __, ___, step) => splits.map((at) => this.moment(at, step >= DAY)) },
        { ...axis, scale: "left", size: 3 * rem, space: 2 * rem, values: (_, splits) => splits.map((value) => plain(value)) },
        { ...axis, show: hasRight, scale: "right", side: 1, size: 3 * rem, space: 2 * rem, grid: { show: false }, values: (_, splits) => splits.map((value) => plain(value)) },
      ],
      series: [
        {},
        ...this.lines.map((line, index) => ({
          label: line.label,
          scale: line.axis,
          stroke: this.colourOf(index),
          width: 0.125 * rem,
          dash: DASHES[Math.floor(index / 2) % DASHES.length].map((part) => (part * rem) / 16),
          fill: this.stacked && index === 0 ? `color-mix(in srgb, ${this.colourOf(0)} 15%, transparent)` : undefined,
          points: { show: true, size: 0.375 * rem, fill: this.colourOf(index), filter: (/** @type {uPlot} */ plot, /** @type {number} */ at) => alone(/** @type {(number | null)[]} */ (plot.data[at])) },
        })),
      ],
      bands: this.stacked ? this.lines.slice(1).map((_, index) => ({ series: /** @type {[number, number]} */ ([index + 2, index + 1]), fill: `color-mix(in srgb, ${this.colourOf(index + 1)} 15%, transparent)` })) : [],
      hooks: { drawAxes: [(plot) => this.drawTargets(plot, font)], setCursor: [(plot) => this.writeLegend(plot.cursor.idx ?? null)] },
    };
  }

  /** @param {number} at @param {boolean} isDate */
  moment(at, isDate) {
    const date = new Date(1000 * at);
    const clock = show(date, this.zone, language(), { hour: "2-digit", minute: "2-digit" });
    return isDate || clock === "00:00" ? show(date, this.zone, language(), { month: "numeric", day: "numeric" }) : clock;
  }

  /** Targets as dashed lines with their names, the side that is not aimed at faintly filled; stated moments as upright lines.
   * @param {uPlot} plot @param {string} font */
  drawTargets(plot, font) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = ctx.fillStyle = colour("--text-quiet");
    ctx.lineWidth = ratio;
    ctx.textAlign = "left"; // uPlot leaves its axes' alignment behind
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    ctx.font = font.replace(/^[\d.]+/, (size) => String(Number(size) * ratio));
    for (const { label, value, to, fill, axis } of this.targets) {
      const y = plot.valToPos(value, axis, true);
      const edge = to !== undefined ? plot.valToPos(to, axis, true) : fill === "above" ? bbox.top : fill === "below" ? bbox.top + bbox.height : y;
      ctx.globalAlpha = 0.08;
      ctx.fillRect(bbox.left, Math.min(y, edge), bbox.width, Math.abs(edge - y));
      ctx.globalAlpha = 1;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      const above = y - bbox.top > 20 * ratio;
      ctx.textBaseline = above ? "bottom" : "top";
      ctx.fillText([label, plain(value)].filter(Boolean).join(" "), bbox.left + 4 * ratio, y + (above ? -2 : 3) * ratio);
    }
    for (const { label, value } of (this.widget.properties.annotations?.vertical ?? []).filter((/** @type {any} */ one) => !Array.isArray(one) && one.visible !== false)) {
      const x = plot.valToPos(Date.parse(value) / 1000, "x", true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.textBaseline = "top";
      ctx.fillText(label ?? "", x + 4 * ratio, bbox.top + 2 * ratio);
    }
    ctx.restore();
  }

  /** Beside each name its value under the cursor, or its last. @param {number | null} index a place in the data */
  writeLegend(index) {
    const moment = index === null ? null : this.plot?.data[0][index];
    if (this.legend.children.length !== this.lines.length || this.legend.getAttribute("data-shape") !== this.shape) {
      this.legend.setAttribute("data-shape", this.shape);
      this.legend.replaceChildren(
        ...this.lines.map((line, at) => {
          const mark = el("span", { class: "mark", "aria-hidden": "true" });
          mark.style.background = this.colourOf(at);
          return el("li", {}, mark, el("span", {}, line.label), " ", el("b"));
        }),
      );
    }
    this.lines.forEach((line, at) => {
      const value = moment === null || moment === undefined ? lastOf(line) : (line.points.get(moment) ?? null);
      const when = moment === null || moment === undefined ? "" : ` ${show(new Date(1000 * moment), this.zone, language(), { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" })}`;
      say(/** @type {Element} */ (this.legend.children[at].querySelector("b")), plain(value) + (at === 0 ? when : ""));
    });
  }

  describe() {
    const said = this.lines.map((line) => t("chart.line", { name: line.label, value: plain(lastOf(line)) }));
    const aims = this.targets.map((one) => t("chart.target", { name: one.label, value: plain(one.value) }));
    this.canvas.setAttribute("aria-label", [this.widget.properties.title, ...said, ...aims].filter(Boolean).join(t("list.comma")));
  }

  /** With the arrow keys a person walks along the line and reads its values in the legend. @param {KeyboardEvent} event */
  step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.plot) return;
    event.preventDefault();
    const moments = this.plot.data[0];
    const now = this.plot.cursor.left !== undefined && this.plot.cursor.left >= 0 ? (this.plot.cursor.idx ?? moments.length) : by > 0 ? -1 : moments.length;
    const next = Math.min(Math.max(now + by, 0), moments.length - 1);
    if (next in moments) this.plot.setCursor({ left: this.plot.valToPos(moments[next], "x"), top: 10 });
  }
}
