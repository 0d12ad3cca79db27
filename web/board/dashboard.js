/** The CloudWatch dashboard as it is deployed, drawn here so that both screens tell the same story. */

import { el } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { isDark } from "../shared/theme.js";
import { Chart } from "./chart.js";
import { linesOf, seconds } from "./widget-data.js";
import { alarms, bars, cannotDraw, figuresTable, gauges, singleValues, text } from "./widgets.js";

/**
 * @typedef {import("./widget-data.js").Dashboard} Dashboard
 * @typedef {import("./widget-data.js").Widget} Widget
 * @typedef {(dashboard: Dashboard) => void} Draw
 */

const METRIC_VIEWS = ["timeSeries", "singleValue", "gauge", "bar", "table"];

/** As eyes, keyboards and narrow screens go through them: from the top, then from the left; each with its place in the body.
 * @param {Widget[]} widgets @returns {[Widget, number][]} */
function inReadingOrder(widgets) {
  const placed = widgets.map((widget, index) => /** @type {[Widget, number]} */ ([widget, index]));
  return placed.sort(([one], [other]) => (one.y ?? Infinity) - (other.y ?? Infinity) || (one.x ?? 0) - (other.x ?? 0) || 0);
}

/** Puts a new picture in place of an equal one only if it differs, so that focus and selection survive a poll.
 * @param {Element} place @param {HTMLElement} picture */
function swap(place, picture) {
  if (!place.firstElementChild?.isEqualNode(picture)) place.replaceChildren(picture);
}

/** Frames are built once for a body; a poll then only brings them new figures. */
export class DashboardPane {
  /** @param {HTMLElement} place @param {string} zone */
  constructor(place, zone) {
    this.place = place;
    this.zone = zone;
    this.shape = "";
    /** @type {Chart[]} */
    this.charts = [];
    /** @type {Draw[]} */
    this.draws = [];
  }

  clear() {
    for (const chart of this.charts) chart.destroy();
    this.charts = [];
    this.draws = [];
    this.shape = "";
  }

  /** @param {Dashboard} dashboard @param {boolean} wall */
  draw(dashboard, wall) {
    const shape = JSON.stringify([dashboard.body, language(), isDark(), wall]);
    if (shape !== this.shape) {
      this.clear();
      this.shape = shape;
      const unknown = (dashboard.body.variables ?? []).map((one) => one.label ?? one.property ?? one.id ?? "");
      const widgets = inReadingOrder(dashboard.body.widgets).map(([widget, index]) => this.frame(widget, index));
      this.place.replaceChildren(
        ...(unknown.length ? [el("p", { class: "quiet-text" }, t("dashboard.variables", { names: unknown.join(t("list.comma")) }))] : []),
        el("div", { class: "widgets" }, widgets),
      );
    }
    for (const draw of this.draws) draw(dashboard);
  }

  /** @param {Widget} widget @param {number} index @returns {HTMLElement} */
  frame(widget, index) {
    const title = widget.properties.title;
    const content = el("div", { class: "content" });
    const frame = el("section", { class: `widget ${widget.type} ${widget.type === "metric" ? (widget.properties.view ?? "timeSeries") : ""}`, "data-widget": index, "aria-label": title || t(`widget.${widget.type}`) }, title ? el("h3", {}, title) : null, content);
    if (widget.type === "text" && widget.properties.background === "transparent") frame.classList.add("bare");
    const { x, y, width = 6, height = 6 } = widget;
    frame.style.setProperty("--column", x === undefined ? "auto" : String(x + 1));
    frame.style.setProperty("--row", y === undefined ? "auto" : String(y + 1));
    frame.style.setProperty("--width", String(Math.min(24, width)));
    frame.style.setProperty("--height", String(height));
    this.draws.push(this.drawing(widget, index, content));
    return frame;
  }

  /** @param {Widget} widget @param {number} index @param {HTMLElement} content @returns {Draw} */
  drawing(widget, index, content) {
    const { view = "timeSeries" } = widget.properties;
    if (widget.type === "text") {
      content.append(text(widget));
      return () => {};
    }
    if (widget.type === "alarm") return (dashboard) => swap(content, alarms(widget, dashboard.alarms ?? []));
    if (widget.type !== "metric" || !METRIC_VIEWS.includes(view)) {
      content.append(cannotDraw(widget.type === "metric" ? `${widget.type} (${view})` : widget.type));
      return () => {};
    }

    const figure = el("div", { class: "figure" });
    const note = el("p", { class: "quiet-text problems" });
    content.append(figure, note);
    const chart = view === "timeSeries" ? new Chart(figure, widget, this.zone) : null;
    if (chart) this.charts.push(chart);
    return (dashboard) => {
      const { lines, problems } = linesOf(widget, index, dashboard);
      const nothing = !problems.length && !lines.some((line) => line.points.size);
      note.textContent = problems.length ? t("widget.math", { list: problems.join(t("list.comma")) }) : nothing ? t("widget.nothing") : "";
      note.hidden = !note.textContent;
      figure.hidden = problems.length > 0 && !lines.length;
      if (chart) chart.draw(lines, { from: seconds(dashboard.from), to: seconds(dashboard.to) });
      else if (view === "singleValue") swap(figure, singleValues(lines, widget));
      else if (view === "gauge") swap(figure, gauges(lines, widget));
      else if (view === "bar") swap(figure, bars(lines));
      else swap(figure, figuresTable(lines, widget));
    };
  }
}
