/** Words of the pages: those that all share and those of the page itself, one file a language; the choice is kept on this machine. */

/** @typedef {"ja" | "en"} Language */

const KEPT = "tsunagu.language";

/** @type {Record<string, string>} */
let messages = {};
/** @type {Language} */
let current = "en";

/** @returns {Language} */
function preferred() {
  const wanted = localStorage.getItem(KEPT) ?? navigator.language;
  return wanted.startsWith("ja") ? "ja" : "en";
}

/** Loads a language and puts it on every element that names a message; `data-page` of the document says which page this is. @param {Language} [language] */
export async function speak(language = preferred()) {
  const places = ["shared", document.documentElement.dataset.page];
  const answers = await Promise.all(places.map(async (place) => (await fetch(`/${place}/messages/${language}.json`)).json()));
  messages = Object.assign({}, ...answers);
  current = language;
  document.documentElement.lang = language;
  translate(document);
}

/** The other language, kept for next time. */
export async function switchLanguage() {
  const next = current === "ja" ? "en" : "ja";
  localStorage.setItem(KEPT, next);
  await speak(next);
}

export function language() {
  return current;
}

/** @param {string} key @param {Record<string, string | number>} [values] */
export function t(key, values = {}) {
  const message = messages[key];
  if (message === undefined) {
    console.error(`no message "${key}" in ${current}`);
    return key;
  }
  return message.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

/** A message for a name that others chose (an outcome, a channel), or that name itself when we have no word for it.
 * @param {string} prefix @param {string | null | undefined} name */
export function word(prefix, name) {
  if (name === null || name === undefined || name === "") return "–";
  return messages[`${prefix}.${name.toLowerCase()}`] ?? name;
}

/** Elements carry `data-t` for their text and `data-t-aria-label` for what is only read out. @param {ParentNode} root */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
  for (const node of root.querySelectorAll("[data-t-aria-label]")) node.setAttribute("aria-label", t(node.getAttribute("data-t-aria-label") ?? ""));
}
