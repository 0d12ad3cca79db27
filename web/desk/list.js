/** What waits for me: contacts in hand, calls first. */

import { byId, el, say } from "../shared/dom.js";
import { language, t, word } from "../shared/i18n.js";
import { empty } from "../shared/states.js";
import { SITUATION_MARKS } from "./bar.js";
import { ordered, situation, title } from "./hands.js";
import { icon } from "./icons.js";
import { lasting } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 */

export class List {
  /** @param {(id: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {Map<string, {item: HTMLElement, button: HTMLElement, told: string}>} */
    this.items = new Map();
    this.list = el("ul", { class: "hands" });
  }

  /** @param {Agent} agent @param {string | null} chosen */
  draw(agent, chosen) {
    const place = byId("list");
    const contacts = ordered(agent.contacts);
    for (const id of this.items.keys()) if (!contacts.some((held) => held.id === id)) this.items.delete(id);
    if (!contacts.length) {
      const message = agent.status.type === "routable" ? "list.empty" : "list.away";
      const told = `${message}/${language()}`;
      if (place.dataset.told !== told) place.replaceChildren(empty(message));
      place.dataset.told = told;
      this.list.replaceChildren();
      return;
    }
    place.dataset.told = "";
    const nodes = contacts.map((held, index) => this.item(held, index, held.id === chosen));
    // Only what has changed its place is moved: a button that is moved loses the focus.
    nodes.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    while (this.list.children.length > nodes.length) this.list.lastElementChild?.remove();
    if (this.list.parentElement !== place) place.replaceChildren(this.list);
  }

  /** @param {Held} held @param {number} index @param {boolean} isChosen */
  item(held, index, isChosen) {
    const known = this.items.get(held.id) ?? this.begin(held.id);
    const now = situation(held);
    const key = index < 9 ? String(index + 1) : "";
    known.button.setAttribute("aria-current", String(isChosen));
    const told = JSON.stringify([now, held.keying ?? held.since, held.customer, held.name, held.queue, key, language()]);
    if (told === known.told) return known.item;
    known.told = told;
    known.button.dataset.situation = now;
    if (key) {
      known.button.setAttribute("aria-keyshortcuts", key);
      known.button.title = t("choice.key", { key });
    }
    known.button.replaceChildren(
      icon(held.channel),
      el("span", { class: "who" }, title(held)),
      el("span", { class: "what" }, el("strong", { class: "situation", "data-situation": now }, `${SITUATION_MARKS[now]} ${t(`situation.${now}`)}`), lasting(held.keying ?? held.since)),
      el("span", { class: "queue" }, [word("channel", held.channel), held.queue?.name].filter(Boolean).join(" · ")),
    );
    return known.item;
  }

  /** @param {string} id */
  begin(id) {
    const button = el("button", { type: "button", class: "hand", onclick: () => this.choose(id) });
    const known = { item: el("li", {}, button), button, told: "" };
    this.items.set(id, known);
    return known;
  }
}

/** Grey shapes while nothing is known yet. */
export function listToCome() {
  const shapes = (/** @type {number} */ count) => el("div", { class: "lines", "aria-hidden": "true" }, Array.from({ length: count }, () => el("span", { class: "skeleton" })));
  byId("list").replaceChildren(shapes(3));
  byId("work").replaceChildren(shapes(5));
  byId("person").replaceChildren(shapes(4));
}
