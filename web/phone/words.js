/** The state of a call in words. Pure: what is said follows from what the exchange told. */

import { spoken } from "../shared/format.js";
import { language, t, word } from "../shared/i18n.js";
import { show } from "../shared/zone.js";
import { showNumber } from "./telephone.js";

/** @typedef {import("./line.js").Call} Call */
/** @typedef {import("./line.js").Claimed} Claimed */

/** The centre's number with its name, as far as it has one. @param {string} number @param {Claimed[]} numbers */
export function named(number, numbers) {
  const name = numbers.find((one) => one.number === number)?.name;
  return name ? t("phone.named", { name, number: showNumber(number) }) : showNumber(number);
}

/** Third, or in the 12th place: small numbers are said as people say them. @param {number} place */
function ordinal(place) {
  return place <= 10 ? t(`ordinal.${place}`) : t("ordinal.more", { place });
}

/** Whether a call can begin. @param {import("./line.js").State} state @param {Claimed[] | null} numbers */
export function readinessInWords(state, numbers) {
  if (state === "opening") return t("stage.opening");
  return state === "open" && numbers?.length ? t("stage.idle") : t("stage.none");
}

/** @param {Call} call @param {boolean} keys whether the voice waits for keys @param {Claimed[]} numbers */
export function stateInWords(call, keys, numbers) {
  const who = call.with ?? t("phone.somebody");
  const to = named(call.to, numbers);
  switch (call.stage) {
    case "calling":
      return call.incoming ? t("stage.connecting") : t("stage.calling", { to });
    case "menu":
      return keys ? t("stage.menu.keys") : t("stage.menu");
    case "waiting":
      return call.place ? t("stage.waiting", { place: ordinal(call.place) }) : t("stage.waiting.somewhere");
    case "talking":
      return t("stage.talking", { who });
    case "held":
      return t("stage.held", { who });
    case "ringing":
      return t("stage.ringing", { to });
    case "over":
      return call.reason ? t("stage.over.because", { reason: word("over", call.reason) }) : t("stage.over");
  }
}

/** How long this stage has lasted, and since when. @param {Call} call @param {Date} now @param {string} zone */
export function sinceInWords(call, now, zone) {
  const clock = show(call.since, zone, language(), { hour: "2-digit", minute: "2-digit" });
  if (call.stage === "over") return t("since.over", { clock });
  const time = spoken("duration", Math.max(0, Math.floor((now.getTime() - call.since.getTime()) / 1_000)));
  return call.stage === "waiting" ? t("since.waiting", { time, clock }) : t("since.other", { time, clock });
}
