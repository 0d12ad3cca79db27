/** Light or dark: the system's choice until somebody makes another, which is kept on this machine. */

const KEPT = "tsunagu.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const kept = localStorage.getItem(KEPT);
  return kept ? kept === "dark" : system.matches;
}

/** @param {() => void} changed called when what is drawn on a canvas must be drawn anew */
export function startTheme(changed) {
  const kept = localStorage.getItem(KEPT);
  if (kept) document.documentElement.dataset.theme = kept;
  system.addEventListener("change", changed);
}

export function switchTheme() {
  const next = isDark() ? "light" : "dark";
  localStorage.setItem(KEPT, next);
  document.documentElement.dataset.theme = next;
}

/** The colour behind a token as a canvas needs it: `light-dark()` is only settled on a property that takes a colour.
 * @param {string} token */
export function colour(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const settled = getComputedStyle(probe).color;
  probe.remove();
  return settled;
}
