/** The sounds that a telephone makes itself: a pair of tones for each key (ITU-T Q.23), and ringing. */

const KEPT = "tsunagu.phone.tones";
const ROWS = [697, 770, 852, 941]; // Hz
const COLUMNS = [1209, 1336, 1477]; // Hz
/** The keys as they stand on a telephone, from the upper left. */
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

const QUIET = 0.04; // of full loudness, for each tone
const KEY_SECONDS = 0.12;
const RAMP_SECONDS = 0.01; // a tone that begins at once clicks
// As bells of Japanese exchanges ring: a second of 400 Hz shaken 16 times, then two of silence.
const RING = { hertz: 400, shaken: 16, on: 1, every: 3_000 };

export class Tones {
  #isOn = localStorage.getItem(KEPT) !== "off";
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ringing;

  constructor() {
    // A page may make sounds only after somebody has touched it.
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => void this.#wake(), { capture: true });
  }

  get isOn() {
    return this.#isOn;
  }

  /** On or off, kept for next time. */
  toggle() {
    this.#isOn = !this.#isOn;
    localStorage.setItem(KEPT, this.#isOn ? "on" : "off");
  }

  /** Sounds a key. @param {string} key */
  press(key) {
    const place = KEYS.indexOf(key);
    this.#sound([ROWS[Math.floor(place / 3)], COLUMNS[place % 3]], KEY_SECONDS);
  }

  /** Rings until told otherwise; ringing that goes on goes on. @param {boolean} rings */
  ring(rings) {
    if (rings === (this.#ringing !== undefined)) return;
    clearInterval(this.#ringing);
    this.#ringing = undefined;
    if (!rings) return;
    const once = () => this.#sound([RING.hertz - RING.shaken / 2, RING.hertz + RING.shaken / 2], RING.on);
    this.#ringing = setInterval(once, RING.every);
    once();
  }

  #wake() {
    if (!("AudioContext" in window)) return;
    this.#audio ??= new AudioContext();
    if (this.#audio.state === "suspended") void this.#audio.resume();
  }

  /** Two tones at once; close together they beat against each other, which is how a bell's shaking is heard. @param {number[]} hertz @param {number} seconds */
  #sound(hertz, seconds) {
    const audio = this.#audio;
    if (!audio || !this.#isOn) return;
    const now = audio.currentTime;
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(QUIET, now + RAMP_SECONDS);
    loudness.gain.setValueAtTime(QUIET, now + seconds - RAMP_SECONDS);
    loudness.gain.linearRampToValueAtTime(0, now + seconds);
    loudness.connect(audio.destination);
    for (const frequency of hertz) {
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(loudness);
      tone.start(now);
      tone.stop(now + seconds);
    }
  }
}
