/** Notes on a contact: kept on this machine as they are written, for a day. */

const PREFIX = "tsunagu.notes/";
const KEPT = 24 * 3600_000; // milliseconds
const LONGEST = 20_000; // characters; what a person types, and far from what the browser stores

/** @param {string} text @returns {{text: string, at: number} | null} */
function read(text) {
  try {
    const kept = JSON.parse(text);
    return typeof kept?.text === "string" && typeof kept?.at === "number" ? kept : null;
  } catch {
    return null; // not ours, or from another version: it goes with the old ones
  }
}

/** Forgets what is older than a day. */
export function forgetOldNotes() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = read(localStorage.getItem(key) ?? "");
    if (!kept || Date.now() - kept.at > KEPT) localStorage.removeItem(key);
  }
}

/** @param {string} contactId */
export function notesOf(contactId) {
  return read(localStorage.getItem(PREFIX + contactId) ?? "null")?.text ?? "";
}

/** @param {string} contactId @param {string} text @returns {boolean} false if the browser has no room left */
export function keepNotes(contactId, text) {
  try {
    if (text) localStorage.setItem(PREFIX + contactId, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(PREFIX + contactId);
    return true;
  } catch {
    return false;
  }
}

/** Lets a field hold the notes of one contact. @param {HTMLTextAreaElement} field @param {string} contactId @param {(kept: boolean) => void} told */
export function keepWriting(field, contactId, told) {
  field.maxLength = LONGEST;
  field.value = notesOf(contactId);
  field.addEventListener("input", () => told(keepNotes(contactId, field.value)));
}

/** What another tab writes appears in this one's field, unless somebody is writing there. @param {() => {field: HTMLTextAreaElement, contactId: string} | null} current */
export function followOtherTabs(current) {
  addEventListener("storage", (event) => {
    const now = current();
    if (now && event.key === PREFIX + now.contactId && document.activeElement !== now.field) now.field.value = notesOf(now.contactId);
  });
}

/** The notes of the day, newest first. @param {number} most @returns {{text: string, at: number}[]} */
export function recentNotes(most) {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .flatMap((key) => read(localStorage.getItem(key) ?? "") ?? [])
    .sort((one, other) => other.at - one.at)
    .slice(0, most);
}
