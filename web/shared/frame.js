/** What every staff page has around its own part: who is signed in, language, theme, the list of keys, the way out. */

import { configureApi } from "./api.js";
import { byId, say } from "./dom.js";
import { speak, switchLanguage, t } from "./i18n.js";
import { listen, showKeys } from "./keys.js";
import { signOut, who } from "./session.js";
import { startTheme, switchTheme } from "./theme.js";

/**
 * @typedef {import("./keys.js").Key} Key
 * @typedef {object} Page
 * @property {string} title   the message that is the document's title
 * @property {Key[]} keys     the page's own
 * @property {() => void} draw  draws the page's own part; called when language or theme have changed
 * @property {[string, string, string][]} [buttons]  further buttons of the page: id, message of the tooltip, key
 * @property {() => Promise<boolean>} [leaving]  what is to be done before a person is signed out; false if they must stay
 */

/** Each button of the frame shows its key. @type {[string, string, string][]} */
const BUTTONS = [["language", "key.language", "l"], ["theme", "key.theme", "t"], ["keys", "key.help", "?"], ["sign-out", "key.signout", "o"]];

/** Makes ready what every page needs first: the configuration, and words. @returns {Promise<any>} the configuration */
export async function prepare() {
  const [answer] = await Promise.all([fetch("/config.json"), speak()]);
  const config = await answer.json();
  configureApi(config.api);
  return config;
}

/** Puts the frame's buttons and keys to work. Returns what draws everything, and the way out. @param {Page} page */
export function frame({ title, keys, draw, buttons = [], leaving = async () => true }) {
  function drawAll() {
    for (const [id, message, key] of [...BUTTONS, ...buttons]) byId(id).title = `${t(message)} (${key})`;
    document.title = t(title);
    drawWho();
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

  async function leave() {
    if (!(await leaving())) return;
    await signOut();
    // A fresh page holds nothing of what the last person saw.
    location.reload();
  }

  listen([
    ...keys,
    { key: "l", message: "key.language", act: changeLanguage },
    { key: "t", message: "key.theme", act: changeTheme },
    { key: "o", message: "key.signout", act: leave },
  ]);
  byId("language").addEventListener("click", changeLanguage);
  byId("theme").addEventListener("click", changeTheme);
  byId("keys").addEventListener("click", showKeys);
  byId("sign-out").addEventListener("click", leave);
  startTheme(drawAll);
  return { drawAll, leave };
}

/** Says who is signed in. */
export function drawWho() {
  const person = who();
  say(byId("who"), person ? [person.username, person.roles.join(", ")].filter(Boolean).join(" · ") : "");
}
