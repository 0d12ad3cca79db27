/** What tells of a call to whoever looks elsewhere: a tone, the tab's title, a notification. Only one tab is heard. */

import { t } from "../shared/i18n.js";
import { lead } from "../shared/softphone/leader.js";
import { title } from "./hands.js";

/** @typedef {import("./hands.js").Held} Held */

const PERIOD = 3; // seconds: two short tones, then silence
const TONES = [[0, 0.4], [0.6, 1]]; // seconds from the start of a period
const PITCHES = [440, 480]; // hertz, as North American ringback; soft enough for eight hours
const LOUDNESS = 0.12; // of 1
const FADE = 0.02; // seconds, so that nothing clicks

/** One period as samples: it loops by itself, so a browser that slows the timers of hidden tabs still rings. @param {BaseAudioContext} audio */
function period(audio) {
  const buffer = audio.createBuffer(1, PERIOD * audio.sampleRate, audio.sampleRate);
  const samples = buffer.getChannelData(0);
  for (const [start, end] of TONES) {
    for (let place = Math.floor(start * audio.sampleRate); place < end * audio.sampleRate; place += 1) {
      const at = place / audio.sampleRate;
      const loud = LOUDNESS * Math.min(1, (at - start) / FADE, (end - at) / FADE);
      samples[place] = (loud / PITCHES.length) * PITCHES.reduce((sum, pitch) => sum + Math.sin(2 * Math.PI * pitch * at), 0);
    }
  }
  return buffer;
}

export class Ringer {
  constructor() {
    this.isLeading = false;
    /** @type {Held | null} */
    this.held = null;
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {AudioBuffer | null} */
    this.period = null;
    /** @type {AudioBufferSourceNode | null} */
    this.sounding = null;
    /** @type {Notification | null} */
    this.shown = null;
    this.led = "";
    // Browsers let a page be heard only after a person has touched it.
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.unlock(), { once: true });
  }

  /** Takes part in choosing the tab that rings for this agent. @param {string} agentId */
  follow(agentId) {
    if (this.led) return;
    this.led = agentId;
    lead(`tsunagu.rings/${agentId}`, () => {
      this.isLeading = true;
      this.sound();
      this.notify();
    });
  }

  unlock() {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.sound();
  }

  /** @param {Held | null} held what rings now */
  ring(held) {
    const isNew = held?.id !== this.held?.id;
    this.held = held;
    if (!isNew) return;
    this.sound();
    this.notify();
  }

  sound() {
    const wanted = this.held !== null && this.isLeading && this.audio !== null;
    if (!wanted) {
      this.sounding?.stop();
      this.sounding = null;
      return;
    }
    if (this.sounding || !this.audio) return;
    this.period ??= period(this.audio);
    this.sounding = new AudioBufferSourceNode(this.audio, { buffer: this.period, loop: true });
    this.sounding.connect(this.audio.destination);
    this.sounding.start();
  }

  /** Whether the person has yet to be asked; only their own click may ask. */
  get mayAsk() {
    return "Notification" in window && Notification.permission === "default";
  }

  async ask() {
    if (this.mayAsk) await Notification.requestPermission();
  }

  notify() {
    this.shown?.close();
    this.shown = null;
    if (!this.held || !this.isLeading || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const body = [title(this.held), this.held.queue?.name].filter(Boolean).join(" · ");
    this.shown = new Notification(t("situation.ringing"), { body, tag: `tsunagu/${this.held.id}` });
    this.shown.addEventListener("click", () => window.focus());
  }
}
