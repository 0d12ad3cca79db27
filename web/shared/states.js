/** What a list shows when it has no list to show. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

export const PATIENCE = 300; // milliseconds before a skeleton shows: one that only flashes is worse than none

/** What would be here, and how it gets here. @param {string} message @returns {HTMLElement} */
export function empty(message) {
  return el("div", { class: "state empty" }, el("h3", {}, t(`${message}.title`)), el("p", {}, t(`${message}.how`)));
}

/** What happened, and what to try. @param {import("./api.js").ApiProblem} problem @param {() => void} retry @returns {HTMLElement} */
export function failed(problem, retry) {
  return el(
    "div",
    { class: "state error", role: "alert" },
    el("h3", {}, t(`problem.${problem.kind}.title`)),
    el("p", {}, problem.message || t(`problem.${problem.kind}.try`)),
    problem.message ? el("p", { class: "quiet-text" }, t(`problem.${problem.kind}.try`)) : null,
    el("button", { onclick: retry }, t("retry")),
  );
}

/** Calls `show` unless the work is done before a person would wonder. @template T @param {Promise<T>} work @param {() => void} show @returns {Promise<T>} */
export async function patiently(work, show) {
  const timer = setTimeout(show, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
