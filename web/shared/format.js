/** Figures as people say them: rounded for the eye, exact on hover, units beside them. */

import { language, t } from "./i18n.js";

/**
 * @typedef {"count" | "rate" | "duration"} Kind
 * @typedef {{text: string, unit: string}} Piece
 */

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {number} digits */
function number(value, digits) {
  const key = `${language()}/${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language(), { maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** A figure in pieces, so that a page can set the units smaller. @param {Kind} kind @param {number | null | undefined} value @returns {Piece[]} */
export function pieces(kind, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return [{ text: "–", unit: "" }];
  if (kind === "count") return [{ text: number(value, 0), unit: "" }];
  if (kind === "rate") return [{ text: number(100 * value, 1), unit: "%" }];
  const whole = Math.round(value);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const all = [
    { text: number(hours, 0), unit: t("unit.hour"), is: hours },
    { text: String(minutes), unit: t("unit.minute"), is: minutes },
    { text: String(seconds), unit: t("unit.second"), is: hours ? 0 : seconds },
  ].filter((part) => part.is);
  return all.length ? all : [{ text: "0", unit: t("unit.second") }];
}

/** @param {Kind} kind @param {number | null | undefined} value */
export function spoken(kind, value) {
  // Japanese sets no space between a number and its unit; English does, except before a per cent sign.
  const [inside, between] = language() === "ja" ? ["", ""] : [" ", " "];
  return pieces(kind, value).map(({ text, unit }) => (unit === "%" || !unit ? text + unit : text + inside + unit)).join(between);
}

/** What a hover shows: every digit that arrived. @param {Kind} kind @param {number | null | undefined} value */
export function exact(kind, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return t("figure.none");
  if (kind === "count") return number(value, 0);
  if (kind === "rate") return `${number(100 * value, 3)}%`;
  return t("figure.seconds", { value: number(value, 1) });
}

/** A number of a chart, whose unit only its author knows. @param {number | null | undefined} value */
export function plain(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return number(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
