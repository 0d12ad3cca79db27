/** Keys for every action, and the list of them under `?`. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{key: string, message: string, act: () => void, when?: () => boolean}} Key  `when`: whether it has anything to do here; without it always */

/** @type {Key[]} */
const known = [];

/** @param {Key} key */
const isHere = ({ when }) => !when || when();

/** A key as people call it: capitals are keys with Shift. @param {string} key */
export const keyName = (key) => (/^\p{Lu}$/u.test(key) ? `Shift+${key}` : key);

/** @param {EventTarget | null} target */
export const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** @param {Key[]} keys */
export function listen(keys) {
  known.push(...keys, { key: "?", message: "key.help", act: showKeys });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    // An open dialog is the topmost thing: keys of the page beneath must not act behind its back.
    if (document.querySelector("dialog:modal")) return;
    const key = known.find((one) => one.key === event.key && isHere(one));
    if (!key) return;
    event.preventDefault();
    // A key that is held down acts once.
    if (!event.repeat) key.act();
  });
}

/** Keys that do the same stand in one row, digits from the first to the last. @param {Key[]} same @returns {(Node | string)[]} */
function caps(same) {
  const cap = (/** @type {string} */ key) => el("kbd", {}, keyName(key));
  const names = same.map(({ key }) => key);
  const digits = names.filter((key) => /^\d$/.test(key)).sort();
  const others = names.filter((key) => !digits.includes(key)).map(cap);
  return digits.length > 2 ? [cap(digits[0]), "–", cap(digits[digits.length - 1]), ...others] : [...digits.map(cap), ...others];
}

export function showKeys() {
  const here = known.filter(isHere);
  const messages = [...new Set(here.map(({ message }) => message))];
  const rows = messages.flatMap((message) => [el("dt", {}, caps(here.filter((key) => key.message === message))), el("dd", {}, t(message))]);
  rows.push(el("dt", {}, el("kbd", {}, "Esc")), el("dd", {}, t("key.escape")));
  const dialog = el(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title" },
    el("h2", { id: "keys-title" }, t("keys.title")),
    el("dl", {}, rows),
    el("form", { method: "dialog" }, el("button", { class: "primary" }, t("close"))),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
