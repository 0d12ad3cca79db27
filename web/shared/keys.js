/** Keys for every action, and the list of them under `?`. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{key: string, message: string, act: () => void}} Key */

/** @type {Key[]} */
const known = [];

/** @param {EventTarget | null} target */
const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** @param {Key[]} keys */
export function listen(keys) {
  known.push(...keys, { key: "?", message: "key.help", act: showKeys });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    // An open dialog is the topmost thing: keys of the page beneath must not act behind its back.
    if (document.querySelector("dialog:modal")) return;
    const key = known.find((one) => one.key === event.key);
    if (!key) return;
    event.preventDefault();
    // A key that is held down acts once.
    if (!event.repeat) key.act();
  });
}

/** Keys that do the same stand in one row. */
export function showKeys() {
  const rows = [...new Set(known.map(({ message }) => message))].flatMap((message) => [
    el("dt", {}, known.filter((one) => one.message === message).map(({ key }) => el("kbd", {}, key))),
    el("dd", {}, t(message)),
  ]);
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
