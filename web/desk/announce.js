/** What is new, in a sentence for screen readers: a new call and a changed state, never a tick. */

import { byId, say } from "../shared/dom.js";
import { t, word } from "../shared/i18n.js";
import { call, ringing, situation, title } from "./hands.js";

/** @typedef {import("../shared/softphone/softphone.js").Seen} Seen */

/** @param {Seen} seen @param {Seen} before @param {(text: string) => void} aloud */
export function announce(seen, before, aloud) {
  const { agent } = seen;
  const rings = agent && ringing(agent);
  const alarm = byId("alarm");
  if (rings) say(alarm, t("aloud.ringing", { who: title(rings), queue: rings.queue?.name ?? word("channel", rings.channel) }));
  else say(alarm, "");
  if (before.line !== seen.line && (seen.line === "lost" || before.line === "lost")) aloud(t(seen.line === "lost" ? (agent && call(agent) ? "line.lost.call" : "line.lost") : "line.back"));
  if (!agent || !before.agent) return;
  if (agent.status.id !== before.agent.status.id) aloud(t("aloud.status", { name: word("status", agent.status.name) }));
  else if (agent.next && agent.next.id !== before.agent.next?.id) aloud(t("state.next", { name: word("status", agent.next.name) }));
  for (const held of agent.contacts) {
    const old = before.agent.contacts.find(({ id }) => id === held.id);
    if (old && situation(old) !== situation(held)) aloud(situation(held) === "keying" ? t("account.keying") : `${t(`situation.${situation(held)}`)}: ${title(held)}`);
    if (old && old.muted !== held.muted) aloud(t(held.muted ? "tag.muted" : "aloud.unmuted"));
  }
}
