/** What every staff page has around its own part: what all pages have, who is signed in, the way out. */

import { configureApi } from "./api.js";
import { byId, say } from "./dom.js";
import { signOut, who } from "./session.js";
import { prepare as prepareAny, surround } from "./surroundings.js";

/** @typedef {import("./surroundings.js").Page & {leaving?: () => Promise<boolean>}} Page  `leaving`: what is to be done before a person is signed out; false if they must stay */

/** Makes ready what every staff page needs first: the configuration, words, the API. @returns {Promise<any>} the configuration */
export async function prepare() {
  const config = await prepareAny();
  configureApi(config.api);
  return config;
}

/** Puts the frame's buttons and keys to work. Returns what draws everything, and the way out. @param {Page} page */
export function frame({ title, keys, draw, buttons = [], leaving = async () => true }) {
  async function leave() {
    if (!(await leaving())) return;
    await signOut();
    // A fresh page holds nothing of what the last person saw.
    location.reload();
  }

  const drawAll = surround({
    title,
    keys: [...keys, { key: "o", message: "key.signout", act: leave }],
    buttons: [...buttons, ["sign-out", "key.signout", "o"]],
    draw() {
      drawWho();
      draw();
    },
  });
  byId("sign-out").addEventListener("click", leave);
  return { drawAll, leave };
}

/** Says who is signed in. */
export function drawWho() {
  const person = who();
  say(byId("who"), person ? [person.username, person.roles.join(", ")].filter(Boolean).join(" · ") : "");
}
