/** A short tone for who calls for help. Browsers let a page sound only once somebody has clicked or pressed a key on it. */

const KEPT = "tsunagu.tone";
const NOTES = [660, 880]; // hertz: rising, as a question
const LENGTH = 0.18; // seconds of a note
const LOUD = 0.2; // of full volume: heard over talk, no alarm

export class Tone {
  /** @param {() => void} changed called when it can sound at last */
  constructor(changed) {
    /** @type {AudioContext | null} */
    this.sound = null;
    const settled = new AbortController();
    const ready = () => {
      settled.abort();
      this.sound = new AudioContext();
      changed();
    };
    for (const name of ["click", "keydown"]) document.addEventListener(name, ready, { signal: settled.signal });
  }

  get isOn() {
    return localStorage.getItem(KEPT) !== "off";
  }

  get isReady() {
    return this.sound !== null;
  }

  toggle() {
    localStorage.setItem(KEPT, this.isOn ? "off" : "on");
  }

  ring() {
    const { sound } = this;
    if (!sound || !this.isOn) return;
    const volume = sound.createGain();
    volume.gain.value = LOUD;
    volume.connect(sound.destination);
    NOTES.forEach((frequency, place) => {
      const note = sound.createOscillator();
      note.frequency.value = frequency;
      note.connect(volume);
      note.start(sound.currentTime + place * LENGTH);
      note.stop(sound.currentTime + (place + 1) * LENGTH);
    });
    // A note that is cut off clicks; the last one fades out.
    volume.gain.setTargetAtTime(0, sound.currentTime + NOTES.length * LENGTH - 0.06, 0.02);
  }
}
