/** What every page has around its own part, whoever may look at it: words, language, light and dark, the list of keys. */

import { byId } from "./dom.js";
import { speak, switchLanguage, t } from "./i18n.js";
import { listen, showKeys } from "./keys.js";
import { startTheme, switchTheme } from "./theme.js";

/**
 * @typedef {import("./keys.js").Key} Key
 * @typedef {object} Page
 * @property {string} title   the message that is the document's title
 * @property {Key[]} keys     the page's own
 * @property {() => void} draw  draws the page's own part; called when language or theme have changed
 * @property {[string, string, string][]} [buttons]  further buttons of the page: id, message of the tooltip, key
 */

/** Each button shows its key. @type {[string, string, string][]} */
const BUTTONS = [["language", "key.language", "l"], ["theme", "key.theme", "t"], ["keys", "key.help", "?"]];

/** Makes ready what every page needs first: the configuration, and words. @returns {Promise<any>} the configuration */
export async function prepare() {
  const [answer] = await Promise.all([fetch("/config.json"), speak()]);
  return answer.json();
}

/** Puts these buttons and keys to work. Returns what draws everything. @param {Page} page @returns {() => void} */
export function surround({ title, keys, draw, buttons = [] }) {
  function drawAll() {
    for (const [id, message, key] of [...BUTTONS, ...buttons]) byId(id).title = `${t(message)} (${key})`;
    document.title = t(title);
    draw();
  }

  async function changeLanguage() {
    await switchLanguage();
    drawAll();
  }

  function changeTheme() {
    switchTheme();
    drawAll();
  }

  listen([
    ...keys,
    { key: "l", message: "key.language", act: changeLanguage },
    { key: "t", message: "key.theme", act: changeTheme },
  ]);
  byId("language").addEventListener("click", changeLanguage);
  byId("theme").addEventListener("click", changeTheme);
  byId("keys").addEventListener("click", showKeys);
  startTheme(drawAll);
  return drawAll;
}
