/** Reads prompts aloud with the browser's own voice, one language after the other. */

const KEPT = "tsunagu.phone.voice";

export class Voice {
  /** What is being read; whoever reads stops when it is somebody else's turn. */
  #turn = 0;
  /** Chromium forgets to tell the end of an utterance that nobody holds. @type {SpeechSynthesisUtterance | null} */
  #held = null;
  #isOn = localStorage.getItem(KEPT) !== "off";

  /** Whether this browser can read aloud. */
  get isPossible() {
    return "speechSynthesis" in window;
  }

  get isOn() {
    return this.#isOn && this.isPossible;
  }

  /** On or off, kept for next time. */
  toggle() {
    this.#isOn = !this.#isOn;
    localStorage.setItem(KEPT, this.#isOn ? "on" : "off");
    if (!this.#isOn) this.hush();
  }

  /** Reads these pieces; what was being read stops. @param {import("./prompts.js").Piece[]} pieces */
  async read(pieces) {
    this.hush();
    if (!this.isOn) return;
    const turn = this.#turn;
    for (const piece of pieces) {
      await ("pause" in piece ? new Promise((go) => setTimeout(go, piece.pause)) : this.#say(piece));
      if (turn !== this.#turn) return;
    }
  }

  /** Stops reading. */
  hush() {
    this.#turn += 1;
    if (this.isPossible) speechSynthesis.cancel();
  }

  /** @param {import("./prompts.js").Said} said @returns {Promise<void>} resolves when it was said, or could not be */
  #say({ text, language }) {
    return new Promise((done) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = language;
      utterance.voice = speechSynthesis.getVoices().find((voice) => voice.lang.replace("_", "-") === language) ?? null;
      utterance.addEventListener("end", () => done());
      utterance.addEventListener("error", () => done());
      this.#held = utterance;
      speechSynthesis.speak(this.#held);
    });
  }
}
