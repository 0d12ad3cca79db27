/** A list to choose one from, opened beneath the bar: by arrows, by typing a part of the name, or by mouse. */

import { el } from "../shared/dom.js";
import { t } from "../shared/i18n.js";

/**
 * @typedef {{id: string, label: string, note: string, mark: Node, current: boolean}} Choice
 * @typedef {object} Question
 * @property {string} title  message that names the list
 * @property {string} empty  message for a list without choices
 * @property {Choice[]} choices
 * @property {boolean} filter  whether a part of the name may be typed
 * @property {(id: string) => void} chosen
 */

/** More than this many matches are told by their number alone. */
const SHOWN = 200;

export class Chooser {
  /** @param {HTMLElement} place where it opens @param {HTMLElement} opener the button that says whether it is open */
  constructor(place, opener) {
    this.opener = opener;
    this.input = el("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" });
    this.list = el("ul", { role: "listbox" });
    this.none = el("p", { class: "quiet-text" });
    this.panel = el("div", { class: "chooser", hidden: true }, this.input, this.list, this.none);
    this.input.addEventListener("input", () => this.match());
    this.panel.addEventListener("keydown", (event) => this.pressed(event));
    // Whoever looks elsewhere has changed their mind.
    this.panel.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (to instanceof Node && !this.panel.contains(to)) this.close(false);
    });
    document.addEventListener("pointerdown", (event) => {
      const at = event.target;
      if (!this.panel.hidden && at instanceof Node && !this.panel.contains(at) && !opener.contains(at)) this.close(false);
    });
    opener.setAttribute("aria-haspopup", "listbox");
    opener.setAttribute("aria-expanded", "false");
    this.list.id = `${opener.id}-choices`;
    this.input.setAttribute("aria-controls", this.list.id);
    place.append(this.panel);
    /** @type {Question | null} */
    this.question = null;
    /** @type {Choice[]} */
    this.matching = [];
    this.at = 0;
    /** @type {Element | null} */
    this.before = null;
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** @param {Question} question */
  open(question) {
    this.question = question;
    this.before = document.activeElement;
    for (const node of [this.input, this.list]) node.setAttribute("aria-label", t(question.title));
    this.input.value = "";
    this.input.hidden = !question.filter || !question.choices.length;
    this.input.placeholder = t("chooser.filter");
    this.list.tabIndex = this.input.hidden ? 0 : -1;
    this.panel.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.match();
    (this.input.hidden ? this.list : this.input).focus();
  }

  /** @param {boolean} [back] whether the cursor goes back to where it was */
  close(back = true) {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    if (back && this.before instanceof HTMLElement) this.before.focus();
    this.before = null;
  }

  match() {
    const typed = this.input.value.trim().toLocaleLowerCase();
    this.matching = (this.question?.choices ?? []).filter(({ label, note }) => `${label} ${note}`.toLocaleLowerCase().includes(typed)).slice(0, SHOWN);
    this.at = Math.max(0, this.matching.findIndex(({ current }) => current));
    this.list.hidden = !this.matching.length;
    this.none.hidden = this.matching.length > 0;
    this.none.textContent = this.question ? t(typed ? "chooser.none" : this.question.empty) : "";
    this.list.replaceChildren(
      ...this.matching.map((choice, index) =>
        el(
          "li",
          { role: "option", id: `${this.list.id}-${index}`, onclick: () => this.choose(index) },
          choice.mark,
          el("span", { class: "label" }, choice.label),
          el("span", { class: "quiet-text" }, choice.note),
        ),
      ),
    );
    this.point(this.at);
  }

  /** @param {number} index */
  point(index) {
    this.at = index;
    [...this.list.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === index)));
    const pointed = this.list.children[index];
    for (const node of [this.input, this.list]) {
      if (pointed) node.setAttribute("aria-activedescendant", pointed.id);
      else node.removeAttribute("aria-activedescendant");
    }
    pointed?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  choose(index) {
    const choice = this.matching[index];
    const chosen = this.question?.chosen;
    this.close();
    if (choice) chosen?.(choice.id);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    // What is pressed here is meant for the list, not for the call beneath it.
    event.stopPropagation();
    if (event.isComposing) return;
    const last = this.matching.length - 1;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.point(this.at < last ? this.at + 1 : 0),
      ArrowUp: () => this.point(this.at > 0 ? this.at - 1 : Math.max(0, last)),
      Enter: () => this.choose(this.at),
      Escape: () => this.close(),
    };
    if (this.input.hidden) Object.assign(keys, { Home: () => this.point(0), End: () => this.point(Math.max(0, last)), " ": () => this.choose(this.at) });
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
