/** Running times: all of them tick from here, once a second, by the other side's clock. */

import { el, say } from "../shared/dom.js";
import { spoken } from "../shared/format.js";

let ahead = 0;

/** @param {number} milliseconds that the other side's clock is ahead of ours */
export function setAhead(milliseconds) {
  ahead = milliseconds;
}

/** The moment that it is at the other side. */
export const now = () => Date.now() + ahead;

/** @param {HTMLElement} node */
function write(node) {
  const { since, until } = node.dataset;
  // The clocks of two machines never agree to the millisecond: no time runs backwards below zero.
  const milliseconds = since !== undefined ? now() - Number(since) : Number(until) - now();
  say(node, spoken("duration", Math.max(0, Math.floor(milliseconds / 1000))));
}

/** How long something has lasted. @param {Date} since */
export function lasting(since) {
  const node = el("span", { class: "time", "data-since": since.getTime() });
  write(node);
  return node;
}

/** How long something still lasts. @param {Date} until */
export function remaining(until) {
  const node = el("span", { class: "time", "data-until": until.getTime() });
  write(node);
  return node;
}

/** Lets every running time on the page run. */
export function startTicking() {
  setInterval(() => {
    for (const node of document.querySelectorAll("[data-since], [data-until]")) write(/** @type {HTMLElement} */ (node));
  }, 1000);
}
