/** The caller's own number: shown, and changed in place. */

import { el } from "../shared/dom.js";
import { t } from "../shared/i18n.js";
import { readNumber, showNumber, someNumber } from "./telephone.js";

export class Own {
  #place;
  #number;
  #chosen;
  #isCentres;
  #changes = false;
  /** What has been typed, and whether it was no number: a change of language or light takes nothing away. */
  #typed = "";
  #isWrong = false;
  #isLocked = false;

  /** @param {HTMLElement} place @param {string} number @param {(number: string) => void} chosen
   * @param {(number: string) => boolean} isCentres whether a number is one of the centre's, which no caller can have */
  constructor(place, number, chosen, isCentres) {
    this.#place = place;
    this.#number = number;
    this.#chosen = chosen;
    this.#isCentres = isCentres;
  }

  /** While a call goes on, the telephone stays the same. @param {boolean} isLocked */
  lock(isLocked) {
    if (isLocked === this.#isLocked) return;
    this.#isLocked = isLocked;
    this.draw();
  }

  /** Takes a number nobody has chosen. */
  another() {
    this.#choose(someNumber());
  }

  draw() {
    const typing = document.activeElement?.id === "own-input";
    this.#place.replaceChildren(this.#changes && !this.#isLocked ? this.#form() : this.#line());
    if (typing) this.#place.querySelector("input")?.focus();
  }

  #line() {
    return el(
      "p",
      { class: "own-line" },
      t("own.title"),
      el("strong", { id: "own-number" }, showNumber(this.#number)),
      el("button", { id: "own-change", class: "quiet", disabled: this.#isLocked, title: this.#isLocked ? t("own.locked") : null, onclick: () => this.#change() }, t("own.change")),
    );
  }

  #change() {
    this.#changes = true;
    this.#typed = showNumber(this.#number);
    this.#isWrong = false;
    this.draw();
    this.#place.querySelector("input")?.select();
  }

  /** @param {string} number */
  #choose(number) {
    this.#changes = false;
    const isOther = number !== this.#number;
    this.#number = number;
    this.draw();
    this.#place.querySelector("button")?.focus();
    if (isOther) this.#chosen(number);
  }

  #form() {
    const input = el("input", {
      id: "own-input", type: "tel", autocomplete: "off", "aria-describedby": "own-wrong", "aria-invalid": this.#isWrong ? "true" : null,
      value: this.#typed, oninput: () => (this.#typed = input.value),
    });

    /** @param {Event} event */
    const submit = (event) => {
      event.preventDefault();
      const number = readNumber(this.#typed);
      if (number && !this.#isCentres(number)) return this.#choose(number);
      this.#isWrong = true;
      this.draw();
      this.#place.querySelector("input")?.select();
    };
    /** @param {KeyboardEvent} event */
    const escape = (event) => event.key === "Escape" && this.#choose(this.#number);
    const roll = () => (input.value = this.#typed = showNumber(someNumber()));

    return el(
      "form",
      { class: "own-form", onsubmit: submit, onkeydown: escape },
      el("label", { for: "own-input" }, t("own.title")),
      input,
      el("button", { class: "primary" }, t("own.save")),
      el("button", { type: "button", onclick: roll }, t("own.roll")),
      el("p", { id: "own-wrong", class: "wrong", role: "alert" }, this.#isWrong && t("own.wrong")),
    );
  }
}
