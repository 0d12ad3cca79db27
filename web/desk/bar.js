/** The bar on top: my state, the call, what can be done with it. Everything has its place, and no place ever moves. */

import { byId, el, say } from "../shared/dom.js";
import { language, t, word } from "../shared/i18n.js";
import { keyName } from "../shared/keys.js";
import { call, ringing, situation, target, title } from "./hands.js";
import { icon } from "./icons.js";
import { lasting, remaining } from "./ticks.js";

/**
 * @typedef {import("../shared/softphone/softphone.js").Agent} Agent
 * @typedef {import("./hands.js").Held} Held
 * @typedef {import("../shared/softphone/softphone.js").Seen} Seen
 * @typedef {import("../shared/softphone/softphone.js").Status} Status
 * @typedef {import("./hands.js").Act} Act
 * @typedef {import("./marks.js").Mark} Mark
 */

/** Capitals hang up and hand over: what cannot be taken back needs two fingers. @type {[Act, string][]} */
export const ACTS = [
  ["accept", "a"], ["reject", "x"], ["mute", "m"], ["hold", "h"], ["transfer", "f"],
  ["conference", "j"], ["leave", "G"], ["end", "E"], ["closeWork", "w"],
];

/** @type {Record<Status["type"], string>} */
export const STATUS_MARKS = { routable: "●", custom: "◐", offline: "○" };

/** @type {Record<import("./hands.js").Situation, string>} */
export const SITUATION_MARKS = { ringing: "▲", dialling: "△", talking: "●", held: "‖", keying: "#", listening: "◇", work: "■", missed: "▽" };

/** The word on a button, which names what pressing it would do now. @param {Act} act @param {Held | null} held */
export function actMessage(act, held) {
  if (act === "mute" && held?.muted) return "act.unmute";
  if (act === "hold" && held?.held) return "act.resume";
  if (act === "conference" && held?.supervision === "listening") return "act.barge";
  if (act === "end" && held?.supervision) return "act.stopListening";
  if (act === "closeWork" && held && situation(held) === "missed") return "act.clear";
  return `act.${act}`;
}

/** @param {string} id @param {string} key @param {string} sign @param {() => void} press */
function button(id, key, sign, press) {
  const label = el("span", { class: "label" });
  const node = el("button", { type: "button", id, "aria-keyshortcuts": keyName(key), "aria-disabled": "true", onclick: press }, icon(sign), label);
  return { node, label, key };
}

/** @param {ReturnType<typeof button>} one @param {string} text @param {boolean} possible @param {boolean} busy */
function drawButton({ node, label, key }, text, possible, busy) {
  say(label, text);
  const hint = `${text} (${keyName(key)})`;
  if (node.title !== hint) node.title = hint;
  // Not `disabled`: a button that has the focus would lose it when the call ends.
  node.setAttribute("aria-disabled", String(!possible));
  node.toggleAttribute("data-busy", busy);
}

/** What the bar says about one contact. @param {Held} held @returns {(Node | string)[]} */
function sentence(held) {
  const now = situation(held);
  // The bar is narrow: the longest of these words has a short one here.
  const message = held.state === "incoming" ? "bar.callback" : now === "work" ? "bar.work" : `situation.${now}`;
  return [el("strong", { class: "situation", "data-situation": now }, `${SITUATION_MARKS[now]} ${t(message)}`), el("span", { class: "who" }, title(held)), lasting(held.keying ?? held.since)];
}

/** What must not be forgotten in this call. @param {Held} held */
function tags(held) {
  const messages = [held.muted && "tag.muted", held.joined && "tag.joined", held.watched && "tag.watched"];
  return messages.flatMap((message) => (message ? [el("strong", { class: "tag" }, t(message))] : []));
}

/** The second thing to know about a contact. @param {Held} held @returns {(Node | string)[]} */
function detail(held) {
  if (situation(held) === "keying") return [...tags(held), el("span", {}, t("account.keying"))];
  if (held.consult) return [...tags(held), icon("transfer"), el("span", {}, t(`consult.${held.consult.state}`, { name: held.consult.name }))];
  if (situation(held) === "work" && held.endsAt) return [el("span", {}, t("work.ends")), remaining(held.endsAt)];
  if (situation(held) === "missed") return [el("span", {}, t(`missed.${held.state}`))];
  /** @type {(Node | string)[]} */
  const parts = [...tags(held), el("span", {}, [word("channel", held.channel), held.queue?.name].filter(Boolean).join(" · "))];
  if (held.from) parts.push(el("span", {}, t("brought", { name: held.from })));
  if (situation(held) === "ringing" && held.queuedAt) parts.push(el("span", {}, t("waited")), lasting(held.queuedAt));
  return parts;
}

export class Bar {
  /** @param {{act: (act: Act) => void, state: () => void, mark: (mark: Mark) => void}} does */
  constructor(does) {
    this.does = does;
    this.acts = ACTS.map(([act, key]) => ({ act, ...button(`act-${act}`, key, act, () => does.act(act)) }));
    byId("acts").append(...this.acts.map(({ node }) => node));
    /** @type {[Mark, string][]} */
    const marks = [["help", "c"], ["harassment", "i"]];
    this.marks = marks.map(([mark, key]) => ({ mark, ...button(`mark-${mark}`, key, mark, () => does.mark(mark)) }));
    byId("marks").append(...this.marks.map(({ node }) => node));
    this.rows = [el("p", { class: "row first" }), el("p", { class: "row second" })];
    byId("calls").append(...this.rows);
    byId("state").addEventListener("click", does.state);
    this.said = "";
  }

  /** @param {Seen} seen @param {string | null} chosen @param {(act: Act, held: Held) => boolean} isUnderway */
  draw(seen, chosen, isUnderway) {
    const { agent } = seen;
    this.drawMe(agent);
    for (const one of this.acts) {
      const held = agent && target(one.act, agent, chosen);
      const spoken = held ?? (agent && call(agent));
      drawButton(one, t(actMessage(one.act, spoken)), held !== null, held !== null && isUnderway(one.act, held));
      one.node.toggleAttribute("data-on", held !== null && ((one.act === "mute" && held.muted) || (one.act === "hold" && held.held)));
    }
    byId("bar").toggleAttribute("data-ringing", agent !== null && ringing(agent) !== null);
    byId("bar").toggleAttribute("data-lost", seen.line === "lost");
    this.drawCalls(agent, chosen);
  }

  /** @param {Agent | null} agent */
  drawMe(agent) {
    const button = byId("state");
    const hint = `${t("key.state")} (s)`;
    if (button.title !== hint) button.title = hint;
    const told = JSON.stringify([agent?.status, agent?.since, agent?.next, hint]);
    if (button.dataset.told === told) return;
    button.dataset.told = told;
    button.dataset.type = agent?.status.type ?? "";
    button.replaceChildren(
      ...(agent
        ? [
            el("span", { class: "status" }, el("span", { class: "mark", "aria-hidden": "true" }, STATUS_MARKS[agent.status.type]), el("strong", {}, word("status", agent.status.name)), el("span", { class: "caret", "aria-hidden": "true" }, "▾")),
            el("span", { class: "since" }, lasting(agent.since), agent.next && el("strong", { class: "next" }, t("state.next", { name: word("status", agent.next.name) }))),
          ]
        : [el("span", { class: "status" }, "–")]),
    );
  }

  /** @param {Agent | null} agent @param {string | null} chosen */
  drawCalls(agent, chosen) {
    const rings = agent && ringing(agent);
    const talks = agent && call(agent);
    const main = rings ?? talks ?? agent?.contacts.find((held) => held.id === chosen) ?? agent?.contacts[0] ?? null;
    const other = rings && talks ? talks : null;
    const told = JSON.stringify([main, other, agent?.status, language()]);
    if (told === this.said) return;
    this.said = told;
    const [first, second] = this.rows;
    first.classList.toggle("free", main === null);
    if (main) {
      first.replaceChildren(...sentence(main));
      second.replaceChildren(...(other ? sentence(other) : detail(main)));
    } else {
      first.replaceChildren(agent ? t(`free.${agent.status.type}`) : "");
      second.replaceChildren();
    }
  }

  /** @param {import("./marks.js").Marks} marks @param {Agent | null} agent @param {string | null} chosen */
  drawMarks(marks, agent, chosen) {
    const about = agent && marks.about(agent, chosen);
    for (const one of this.marks) {
      const now = marks.of(one.mark);
      const counting = now?.state === "pending";
      drawButton(one, t(counting ? "mark.back" : `mark.${one.mark}`), counting || about !== null, now?.state === "sent");
      one.node.toggleAttribute("data-on", counting);
    }
    const place = byId("marked");
    const now = marks.latest();
    const told = JSON.stringify([now?.mark, now?.state, now?.why, now?.until, language()]);
    if (place.dataset.told === told) return;
    place.dataset.told = told;
    place.dataset.state = now?.state ?? "";
    place.replaceChildren();
    if (!now) return;
    place.title = marks.sentence(now);
    place.append(el("span", {}, marks.sentence(now)));
    if (now.state === "pending") place.append(remaining(now.until), el("span", {}, t("back.how")));
  }

  /** @param {Seen} seen @param {string} notice */
  drawWord(seen, notice) {
    const line = byId("line");
    line.dataset.line = seen.line;
    const inCall = seen.agent !== null && call(seen.agent) !== null;
    const text = { open: t("line.open"), opening: t("line.opening"), refused: t("line.refused"), lost: t(inCall ? "line.lost.call" : "line.lost") }[seen.line];
    say(line, text);
    line.title = text;
    const place = byId("notice");
    say(place, notice);
    place.title = notice;
  }
}
