/** Widgets that need no axes: single values, gauges, bars, tables, texts, alarms, and those we cannot draw. */

import { el, svg } from "../shared/dom.js";
import { plain } from "../shared/format.js";
import { t } from "../shared/i18n.js";
import { markdown } from "./markdown.js";
import { spark } from "./spark.js";
import { lastOf, targetsOf } from "./widget-data.js";

/**
 * @typedef {import("./widget-data.js").Line} Line
 * @typedef {import("./widget-data.js").Widget} Widget
 * @typedef {import("./widget-data.js").Alarm} Alarm
 */

/** @param {Line[]} lines @param {Widget} widget @returns {HTMLElement} */
export function singleValues(lines, widget) {
  const target = targetsOf(widget)[0]?.value ?? null;
  return el(
    "ul",
    { class: "singles" },
    lines.map((line) =>
      el(
        "li",
        {},
        el("span", { class: "label" }, line.label),
        el("strong", { title: String(lastOf(line) ?? t("figure.none")) }, plain(lastOf(line))),
        widget.properties.sparkline === true ? el("span", { class: "trend" }, spark(dots(line), target, false)) : null,
      ),
    ),
  );
}

/** The points of a line with an open place wherever a period has none. @param {Line} line */
function dots(line) {
  /** @type {import("./figures.js").Dot[]} */
  const found = [];
  let before = null;
  for (const [at, value] of line.points) {
    if (before !== null && at - before > line.period) found.push({ at: before + line.period, value: null });
    found.push({ at, value });
    before = at;
  }
  return found;
}

/** A half circle from the stated minimum to the stated maximum, with a tick at each target.
 * @param {Line[]} lines @param {Widget} widget @returns {HTMLElement} */
export function gauges(lines, widget) {
  const { min = 0, max = 100 } = widget.properties.yAxis?.left ?? {};
  const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
  const point = (/** @type {number} */ part, /** @type {number} */ radius) => [60 - radius * Math.cos(Math.PI * part), 60 - radius * Math.sin(Math.PI * part)].map((one) => one.toFixed(2)).join(" ");
  const arc = (/** @type {number} */ part) => `M ${point(0, 50)} A 50 50 0 0 1 ${point(part, 50)}`;
  return el(
    "ul",
    { class: "gauges" },
    lines.map((line) => {
      const value = lastOf(line);
      const picture = svg(
        "svg",
        { viewBox: "0 0 120 66", role: "img", "aria-label": t("chart.gauge", { name: line.label, value: plain(value), min, max }) },
        svg("path", { class: "scale", d: arc(1) }),
        value === null ? null : svg("path", { class: "reading", d: arc(share(value)) }),
        targetsOf(widget).map((target) => svg("path", { class: "tick", d: `M ${point(share(target.value), 42)} L ${point(share(target.value), 58)}` })),
      );
      const aims = targetsOf(widget).map((target) => t("chart.target", { name: target.label, value: plain(target.value) }));
      return el("li", {}, picture, el("strong", {}, plain(value)), el("span", { class: "label" }, [line.label, ...aims].join(" · ")));
    }),
  );
}

/** @param {Line[]} lines @returns {HTMLElement} */
export function bars(lines) {
  const top = Math.max(...lines.map((line) => lastOf(line) ?? 0), 0) || 1;
  return el(
    "ul",
    { class: "bars" },
    lines.map((line) => {
      const value = lastOf(line);
      const bar = el("span", { class: "bar" });
      bar.style.width = `${(100 * Math.max(0, value ?? 0)) / top}%`;
      return el("li", {}, el("span", { class: "label" }, line.label), el("span", { class: "lane" }, bar), el("strong", {}, plain(value)));
    }),
  );
}

/** @param {Line[]} lines @param {Widget} widget @returns {HTMLElement} */
export function figuresTable(lines, widget) {
  const stated = /** @type {string[]} */ (widget.properties.table?.summaryColumns ?? ["MIN", "MAX", "SUM", "AVG"]);
  const columns = /** @type {const} */ (["min", "max", "sum", "avg"]).filter((column) => stated.includes(column.toUpperCase()));
  return el(
    "div",
    { class: "scroller", tabindex: "0", role: "region", "aria-label": widget.properties.title ?? t("widget.metric") },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("chart.name")), columns.map((column) => el("th", { scope: "col" }, t(`chart.${column}`))))),
      el(
        "tbody",
        {},
        lines.map((line) => {
          const values = [...line.points.values()];
          const sum = values.reduce((so, far) => so + far, 0);
          const of = values.length
            ? { min: Math.min(...values), max: Math.max(...values), sum, avg: sum / values.length }
            : { min: null, max: null, sum: null, avg: null };
          return el("tr", {}, el("th", { scope: "row" }, line.label), columns.map((column) => el("td", {}, plain(of[column]))));
        }),
      ),
    ),
  );
}

/** @param {Widget} widget @returns {HTMLElement} */
export const text = (widget) => el("div", { class: "text" }, markdown(String(widget.properties.markdown ?? "")));

/** @param {Widget} widget @param {Alarm[]} known @returns {HTMLElement} */
export function alarms(widget, known) {
  const marks = { OK: "●", ALARM: "▲", INSUFFICIENT_DATA: "○" };
  /** @type {string[]} */
  const wanted = widget.properties.alarms ?? [];
  return el(
    "ul",
    { class: "alarms" },
    wanted.map((arn) => {
      const alarm = known.find((one) => one.arn === arn);
      const state = alarm?.state ?? "INSUFFICIENT_DATA";
      return el("li", { "data-state": state, title: alarm?.reason ?? "" }, el("span", { class: "state-of" }, `${marks[state] ?? "○"} ${t(`alarm.${state}`)}`), el("span", {}, alarm?.name ?? arn.split(":").pop() ?? arn));
    }),
  );
}

/** @param {string} kind @returns {HTMLElement} */
export const cannotDraw = (kind) => el("p", { class: "quiet-text" }, t("widget.cannot", { kind }));
