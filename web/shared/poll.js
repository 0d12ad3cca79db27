/** Asking again and again, politely: never two at once, never while nobody can see the answer. */

/**
 * @typedef {object} Poll
 * @property {() => void} now   ask at once, dropping what is under way: the question has changed
 * @property {() => void} stop
 */

/** Runs the task, waits, runs it again; pauses while the page is hidden and starts at once when it is seen or the network is back.
 * @param {(signal: AbortSignal) => Promise<void>} task must not reject
 * @param {number} every milliseconds between the end of one run and the start of the next
 * @returns {Poll}
 */
export function poll(task, every) {
  let stopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | null} */
  let running = null;

  async function run() {
    clearTimeout(timer);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    await task(mine.signal);
    if (running !== mine) return;
    running = null;
    if (!stopped && !document.hidden) timer = setTimeout(run, every);
  }

  const now = () => void (!stopped && run());
  const seen = () => (document.hidden ? clearTimeout(timer) : !running && now());
  document.addEventListener("visibilitychange", seen);
  addEventListener("online", now);
  now();
  return {
    now,
    stop() {
      stopped = true;
      clearTimeout(timer);
      running?.abort();
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", now);
    },
  };
}
