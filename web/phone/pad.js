/** The keys of the telephone. Which there are never changes, so they are made once; a key that is pressed flashes, and that is all. */

import { el, say } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { KEYS } from "./tones.js";

const FLASH = 150; // milliseconds that a pressed key is lit
/** @type {Record<string, string>} */
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
/** How keys that are no digits are read out. @type {Record<string, string>} */
const SPOKEN = { "*": "pad.star", "#": "pad.hash" };

export class Pad {
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #place;
  #hint;

  /** @param {HTMLElement} place @param {HTMLElement} hint where the keys that can be pressed are told in words @param {(key: string) => void} press */
  constructor(place, hint, press) {
    this.#place = place;
    this.#hint = hint;
    for (const key of KEYS) {
      const parts = [el("span", { class: "digit" }, key), el("small", { "aria-hidden": "true" }, LETTERS[key] ?? "")];
      this.#buttons.set(key, el("button", { "aria-keyshortcuts": key, onclick: () => press(key) }, parts));
    }
    place.append(...this.#buttons.values());
  }

  /** @param {boolean} works @param {Set<string> | null} expected  keys that the voice has named while it waits for some, or null
   * @param {boolean} secret  whether none of them is shown
   * @param {string} idle  the message for keys that do not work */
  draw(works, expected, secret, idle) {
    const waits = works && expected !== null;
    const named = KEYS.filter((key) => waits && !secret && expected.has(key));
    this.#place.toggleAttribute("data-expected", waits);
    for (const [key, button] of this.#buttons) {
      button.disabled = !works;
      button.classList.toggle("named", named.includes(key));
      button.setAttribute("aria-label", key in SPOKEN ? t(SPOKEN[key]) : key);
    }
    const hint = !works ? idle : !waits ? "hint.not-now" : secret ? "hint.secret" : named.length ? "hint.named" : "hint.any";
    say(this.#hint, t(hint, { keys: named.join(t("list.comma")) }));
  }

  /** @param {string} key */
  flash(key) {
    const button = this.#buttons.get(key);
    button?.classList.add("pressed");
    setTimeout(() => button?.classList.remove("pressed"), FLASH);
  }
}
