/** The numbers that can be called, or why there are none to show. */

import { el } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { empty } from "../shared/states.js";
import { showNumber } from "./telephone.js";

/**
 * @typedef {import("./line.js").Claimed} Claimed
 * @typedef {import("./line.js").State} State
 * @typedef {{dial: (to: string) => void, retry: () => void}} Acts
 */

/** Draws only what differs, so that the focus stays. @param {HTMLElement} place @param {Claimed[] | null} numbers @param {State} state
 * @param {boolean} isLate whether a person would begin to wonder @param {Acts} acts */
export function drawNumbers(place, numbers, state, isLate, acts) {
  const drawn = JSON.stringify([numbers, state, isLate, language()]);
  if (place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  const focused = document.activeElement?.getAttribute("data-number");
  place.replaceChildren(...(numbers === null ? notYet(state, isLate, acts) : [numbers.length ? list(numbers, state, acts) : empty("numbers.empty")]));
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[data-number="${focused}"]`))?.focus();
}

/** @param {Claimed[]} numbers @param {State} state @param {Acts} acts */
function list(numbers, state, { dial }) {
  const rows = numbers.map(({ number, name }) => {
    const parts = [el("span", {}, t("numbers.call", { name })), el("span", {}, showNumber(number))];
    return el("li", {}, el("button", { class: "primary", "data-number": number, disabled: state !== "open", title: t("numbers.call.key"), onclick: () => dial(number) }, parts));
  });
  return el("ul", { class: "numbers", "aria-label": t("numbers.title") }, rows);
}

/** @param {State} state @param {boolean} isLate @param {Acts} acts */
function notYet(state, isLate, { retry }) {
  if (state !== "lost") return isLate ? [el("div", { class: "skeleton number-to-come", "aria-hidden": "true" })] : [];
  return [el("div", { class: "state error", role: "alert" }, el("h2", {}, t("unreachable.title")), el("p", {}, t("unreachable.try")), el("button", { onclick: retry }, t("retry")))];
}
