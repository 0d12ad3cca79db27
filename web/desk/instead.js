/** What stands there when there is no agent to show. */

import { byId, el } from "../shared/dom.js";
import { language, t } from "../shared/i18n.js";
import { who } from "../shared/session.js";

/** @typedef {import("../shared/softphone/softphone.js").Seen} Seen */

/** @param {string} message @param {HTMLElement[]} more */
const instead = (message, ...more) => el("div", { class: "state error" }, el("h2", {}, t(`${message}.title`)), el("p", {}, t(`${message}.how`)), ...more);

/** @param {Seen} seen @param {{leave: () => void, again: () => void}} does */
export function drawInstead(seen, does) {
  const place = byId("instead");
  const refused = seen.line === "refused" && seen.why !== "token";
  const away = !seen.agent && seen.line === "lost";
  place.hidden = !refused && !away;
  for (const id of ["list-pane", "work", "person-pane"]) byId(id).hidden = !place.hidden;
  const what = refused ? `refused/${seen.why}` : away ? "away" : "";
  const told = `${what}/${language()}`;
  if (place.hidden || place.dataset.told === told) return;
  place.dataset.told = told;
  const again = el("button", { type: "button", onclick: does.again }, t("retry"));
  if (away) place.replaceChildren(instead("away"));
  else if (seen.why === "agent") place.replaceChildren(instead("stranger", el("p", { class: "quiet-text" }, t("forbidden.who", { name: who()?.username ?? "", roles: who()?.roles.join(", ") || t("forbidden.none") })), el("button", { type: "button", onclick: does.leave }, t("forbidden.other"))));
  else if (seen.why === "instance" || seen.why === "origin") place.replaceChildren(instead(seen.why, again));
  else place.replaceChildren(instead("closed", el("p", {}, seen.why), again));
}
