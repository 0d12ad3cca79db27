/** Which of several tabs rings: one at a time, and the next when that one is closed. All tabs show, and all may act. */

/** @param {string} name what is led @param {() => void} chosen called once, when this tab leads @returns {() => void} ends it */
export function lead(name, chosen) {
  const leaving = new AbortController();
  // Where pages have no locks, two tabs that ring are better than none.
  if (!navigator.locks) {
    chosen();
    return () => {};
  }
  const kept = navigator.locks.request(name, { signal: leaving.signal }, () => {
    chosen();
    return new Promise((free) => leaving.signal.addEventListener("abort", free));
  });
  // Whoever stops waiting for the lock is told so by an exception.
  kept.catch((problem) => {
    if (problem?.name !== "AbortError") throw problem;
  });
  return () => leaving.abort();
}
