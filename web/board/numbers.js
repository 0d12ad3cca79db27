/** The seven numbers and the sentence above them. Built once, then only what changed is written. */

import { el, say } from "../shared/dom.js";
import { exact, pieces, spoken } from "../shared/format.js";
import { language, t } from "../shared/i18n.js";
import { spark } from "./spark.js";
import { address } from "./view.js";

/** @typedef {import("./figures.js").Figure} Figure */

/** Shapes, so that a state is never told by colour alone. @type {Record<import("./figures.js").Mood, string>} */
const MARKS = { fine: "●", watch: "▽", act: "▲", none: "○" };

/** @param {Figure} figure */
function targetText(figure) {
  const sign = figure.moreIsBetter ? "≥" : "≤";
  return t("target", { sign, target: spoken(figure.judgedKind, figure.target) });
}

/** @param {Figure} figure @param {Element} place */
function writeValue(figure, place) {
  const parts = pieces(figure.kind, figure.value);
  const signature = `${language()}/${JSON.stringify(parts)}`;
  if (place.getAttribute("data-shown") === signature) return;
  place.setAttribute("data-shown", signature);
  place.replaceChildren(...parts.flatMap(({ text, unit }) => [text, unit ? el("small", {}, unit) : ""]));
}

/** @param {HTMLElement} place @param {Figure[]} all */
export function drawNumbers(place, all) {
  if (place.getAttribute("data-language") !== language() || !place.querySelector(".number")) {
    place.setAttribute("data-language", language());
    place.replaceChildren(
      ...all.map((figure) =>
        el(
          "li",
          { class: "number", "data-figure": figure.id },
          el("a", { href: address({ drill: "figure", figure: figure.id }), "data-view": true },
            el("span", { class: "label" }, t(`figure.${figure.id}`)),
            el("strong", { class: "value" }),
            el("span", { class: "mood" }),
          ),
          el("span", { class: "target" }, targetText(figure)),
          el("span", { class: "trend" }),
        ),
      ),
    );
  }
  all.forEach((figure, index) => {
    const card = place.children[index];
    card.setAttribute("data-mood", figure.mood);
    const link = /** @type {HTMLAnchorElement} */ (card.querySelector("a"));
    link.title = exact(figure.kind, figure.value);
    const href = address({ drill: "figure", figure: figure.id });
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
    writeValue(figure, /** @type {Element} */ (card.querySelector(".value")));
    const share = figure.id === "abandoned" && figure.judged !== null ? ` (${spoken("rate", figure.judged)})` : "";
    say(/** @type {Element} */ (card.querySelector(".mood")), `${MARKS[figure.mood]} ${t(`mood.${figure.mood}${figure.isNow ? ".now" : ""}`)}${share}`);
    const trend = JSON.stringify(figure.trend);
    const holder = /** @type {Element} */ (card.querySelector(".trend"));
    if (holder.getAttribute("data-shown") !== trend) {
      holder.setAttribute("data-shown", trend);
      holder.replaceChildren(spark(figure.trend, figure.trendTarget, figure.kind === "rate"));
    }
  });
}

/** Grey shapes where the numbers will be, of the same size, so that nothing jumps when they come. @param {HTMLElement} place */
export function drawNumbersToCome(place) {
  place.replaceChildren(...Array.from({ length: 7 }, () => el("li", { class: "number to-come", "aria-hidden": "true" }, el("span", { class: "skeleton" }))));
}

/** The sentence for the eye follows every second of a wait; the one for the ear is said anew only when something else is wrong.
 * @param {HTMLElement} place
 * @param {HTMLElement} aloud
 * @param {ReturnType<typeof import("./figures.js").verdict>} said
 * @param {import("./figures.js").Targets} targets
 * @param {string[]} alarms
 * @param {string[]} calls
 */
export function drawVerdict(place, aloud, said, targets, alarms, calls) {
  const [worst] = said.late;
  const missed = said.missed.map((figure) => t("verdict.missed", {
    figure: t(`figure.${figure.id}`), value: spoken(figure.judgedKind, figure.judged), target: spoken(figure.judgedKind, figure.target),
  }));
  const text = {
    help: () => (calls.length > 1 ? t("verdict.help.more", { first: calls[0], others: calls.length - 1 }) : calls[0]),
    waits: () => t(said.late.length > 1 ? "verdict.waits.more" : "verdict.waits", {
      queue: worst.queue_name ?? worst.queue, wait: spoken("duration", worst.longest_wait),
      target: spoken("duration", targets.longest_wait), others: said.late.length - 1,
    }),
    many: () => t("verdict.many", { target: targets.waiting }),
    alarm: () => t("verdict.alarm", { names: alarms.join(", ") }),
    below: () => t("verdict.below", { list: missed.join(t("list.comma")) }),
    fine: () => t("verdict.fine"),
    quiet: () => t("verdict.quiet"),
  }[said.what]();
  place.setAttribute("data-mood", said.mood);
  say(place, `${MARKS[said.mood]} ${text}`);
  // The floor tells of each call for help at once; the sentence need not say it after it.
  if (said.what === "help") return;
  const matter = [language(), said.what, said.late.map((row) => row.queue), said.missed.map((figure) => figure.id), alarms].join("/");
  if (aloud.getAttribute("data-said") === matter) return;
  aloud.setAttribute("data-said", matter);
  aloud.textContent = text;
}

/** Figures of before say nothing about now: whoever looks must not be reassured by them. @param {HTMLElement} place @param {string} since */
export function drawNotKnown(place, since) {
  place.setAttribute("data-mood", "none");
  say(place, `○ ${t("verdict.stale", { since })}`);
}
