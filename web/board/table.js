/** The figures by queue, site or channel over the chosen range; each row opens into its steps, each number leads to its contacts. */

import { el, say } from "../shared/dom.js";
import { exact, spoken } from "../shared/format.js";
import { language, t, word } from "../shared/i18n.js";
import { show } from "../shared/zone.js";
import { arrange } from "./arrange.js";
import { since, stepPeriod } from "./period.js";
import { NOWHERE, grouped, queueing, total } from "./quality.js";
import { address } from "./view.js";

/**
 * @typedef {import("./quality.js").Row} Row
 * @typedef {import("./quality.js").Sum} Sum
 * @typedef {import("./view.js").By} By
 * @typedef {import("./view.js").Step} Step
 *
 * @typedef {object} TableOf
 * @property {Row[]} rows
 * @property {import("./quality.js").Waiting[]} waiting
 * @property {By} by
 * @property {Step} step
 * @property {import("./period.js").Period} period
 * @property {string} zone
 * @property {import("./figures.js").Targets} targets
 */

/** @type {{id: Exclude<keyof Sum, "answered_in_time" | "abandoned_rate" | "other">, kind: import("../shared/format.js").Kind}[]} */
export const COLUMNS = [
  { id: "service_level", kind: "rate" },
  { id: "answer_rate", kind: "rate" },
  { id: "arrived", kind: "count" },
  { id: "offered", kind: "count" },
  { id: "answered", kind: "count" },
  { id: "abandoned", kind: "count" },
  { id: "average_speed_of_answer", kind: "duration" },
  { id: "average_handle_time", kind: "duration" },
  { id: "longest_wait", kind: "duration" },
  { id: "callbacks_promised", kind: "count" },
  { id: "transferred", kind: "count" },
  { id: "turned_away", kind: "count" },
  { id: "left_in_menu", kind: "count" },
];

/** Which rows a person has opened; it outlives a redraw. @type {Set<string>} */
const opened = new Set();

/** @param {Row} row @param {By} by */
const keyOf = (row, by) => row[by] ?? "";

/** @param {Row} row @param {By} by */
export function nameOf(row, by) {
  if (keyOf(row, by) === NOWHERE) return t(`nameless.${by}`);
  if (by === "channel") return word("channel", row.channel);
  return (by === "queue" ? row.queue_name : row.site_name) || keyOf(row, by);
}

/** @param {string} start @param {Step} step @param {string} zone */
function stepName(start, step, zone) {
  const at = new Date(start);
  if (step === "15m" || step === "hour") return show(at, zone, language(), { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  if (step === "month") return show(at, zone, language(), { year: "numeric", month: "long" });
  return show(at, zone, language(), { month: "numeric", day: "numeric", weekday: "short" });
}

/** Below target is said by shape as well as by colour. @param {keyof Sum} id @param {number | null} value @param {TableOf} of */
function misses(id, value, of) {
  if (value === null) return false;
  if (id === "service_level" || id === "answer_rate") return value < of.targets[id];
  return id === "average_speed_of_answer" && value > of.targets[id];
}

/** @param {HTMLTableRowElement} row @param {Sum} sum @param {Record<string, string>} where the row and the stretch of time that its contacts are looked for in @param {TableOf} of */
function writeFigures(row, sum, where, of) {
  for (const { id, kind } of COLUMNS) {
    const link = /** @type {HTMLAnchorElement} */ (row.querySelector(`a[data-figure="${id}"]`));
    const missed = misses(id, sum[id], of);
    say(link, (missed ? "▽ " : "") + spoken(kind, sum[id]));
    link.classList.toggle("missed", missed);
    const hover = exact(kind, sum[id]);
    if (link.title !== hover) link.title = hover;
    const href = address({ drill: "contacts", figure: id, ...where });
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
  }
}

/** @param {By} by */
function head(by) {
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      el("th", { scope: "col" }, t(`by.${by}`)),
      by === "queue" ? el("th", { scope: "col" }, t("column.waiting")) : null,
      COLUMNS.map(({ id }) => el("th", { scope: "col" }, t(`column.${id}`))),
    ),
  );
}

/** @param {string} name @param {By} by @param {boolean} isTotal @returns {HTMLTableRowElement} */
function emptyRow(name, by, isTotal) {
  const opener = isTotal ? el("button", { class: "quiet opener", "aria-expanded": "false" }, el("span", { class: "sign", "aria-hidden": "true" }, "▸"), el("span", {}, name)) : name;
  return el(
    "tr",
    { class: isTotal ? "sum" : "step" },
    el("th", { scope: "row" }, opener),
    by === "queue" ? el("td", {}, isTotal ? el("a", { class: "waiting", "data-view": true }) : "") : null,
    COLUMNS.map(({ id: figure }) => el("td", {}, el("a", { "data-figure": figure, "data-view": true }))),
  );
}

/** @param {HTMLElement} place @param {TableOf} of */
export function drawTable(place, of) {
  const shape = `${language()}/${of.by}/${of.step}`;
  if (place.getAttribute("data-shape") !== shape || !place.querySelector("table")) {
    place.setAttribute("data-shape", shape);
    const caption = el("caption", { class: "sr" }, t("table.caption", { by: t(`by.${of.by}`) }));
    const scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("table.title") }, el("table", {}, caption, head(of.by), el("tbody")));
    place.replaceChildren(scroller);
  }
  const body = /** @type {HTMLElement} */ (place.querySelector("tbody"));

  const groups = grouped(of.rows, (row) => keyOf(row, of.by)).map(([key, rows]) => ({ key, rows, name: nameOf(rows[0], of.by) }));
  groups.sort((one, other) => one.name.localeCompare(other.name, language()));
  arrange(body, groups.flatMap(({ key, rows, name }) => {
    const dimension = { [of.by]: key, name };
    const id = `${of.by}/${key}`;
    const sum = {
      id,
      make: () => {
        const row = emptyRow(name, of.by, true);
        row.querySelector(".opener")?.addEventListener("click", () => {
          if (!opened.delete(id)) opened.add(id);
          place.dispatchEvent(new CustomEvent("opened"));
        });
        return row;
      },
      write: (/** @type {HTMLTableRowElement} */ row) => {
        const isOpen = opened.has(id);
        row.querySelector(".opener")?.setAttribute("aria-expanded", String(isOpen));
        say(/** @type {Element} */ (row.querySelector(".sign")), isOpen ? "▾" : "▸");
        writeFigures(row, total(rows), { ...of.period, ...dimension }, of);
        const waiting = row.querySelector("a.waiting");
        if (waiting) writeWaiting(/** @type {HTMLAnchorElement} */ (waiting), of.waiting.filter((one) => one.queue === key), dimension, of);
      },
    };
    if (!opened.has(id)) return [sum];
    const steps = grouped(rows, (row) => row.start).reverse().map(([start, parts]) => ({
      id: `${id}/${start}`,
      make: () => emptyRow(stepName(start, of.step, of.zone), of.by, false),
      write: (/** @type {HTMLTableRowElement} */ row) => {
        writeFigures(row, total(parts), { ...stepPeriod(start, of.step, of.period, of.zone), ...dimension }, of);
      },
    }));
    return [sum, ...steps];
  }), "data-row");
}

/** @param {HTMLAnchorElement} link @param {import("./quality.js").Waiting[]} waiting @param {Record<string, string>} dimension @param {TableOf} of */
function writeWaiting(link, waiting, dimension, of) {
  const now = queueing(waiting);
  const late = (now.longest_wait ?? 0) > of.targets.longest_wait;
  const wait = now.longest_wait === null ? "" : ` (${spoken("duration", now.longest_wait)})`;
  say(link, (late ? "▲ " : "") + spoken("count", now.waiting) + wait);
  link.classList.toggle("late", late);
  link.setAttribute("href", address({ drill: "contacts", figure: "waiting", from: since(now.longest_wait, new Date(), of.zone), to: of.period.to, ...dimension }));
}
