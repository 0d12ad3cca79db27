/** Waiting as long as somebody still wants the answer. */

/** @param {number} milliseconds @param {AbortSignal} [signal] ends the pause early @returns {Promise<void>} */
export const pause = (milliseconds, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
