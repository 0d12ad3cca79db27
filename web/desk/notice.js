/** What the desk says to its agent: a sentence in the bar for a while, and the same aloud. */

import { byId, say } from "../shared/dom.js";

const STAYS = 12_000; // milliseconds

export class Notice {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.text = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.ends;
  }

  /** Says it to screen readers alone. @param {string} text */
  aloud(text) {
    say(byId("aloud"), text);
  }

  /** Says in the bar what did not go as somebody wished. @param {string} text */
  tell(text) {
    this.text = text;
    this.aloud(text);
    clearTimeout(this.ends);
    this.ends = setTimeout(() => {
      this.text = "";
      this.changed();
    }, STAYS);
    this.changed();
  }
}
