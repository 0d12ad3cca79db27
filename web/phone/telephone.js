/** The caller's own telephone: a number that stays the same, and numbers as people write them. */

const KEPT = "tsunagu.phone.number";

/** A Japanese mobile number out of thin air. */
export function someNumber() {
  const [prefix, first, ...rest] = crypto.getRandomValues(new Uint32Array(9));
  return `+81${["70", "80", "90"][prefix % 3]}${1 + (first % 9)}${rest.map((one) => one % 10).join("")}`;
}

/** The telephone of this tab; a new tab begins with the one chosen last on this machine. */
export function ownNumber() {
  const number = sessionStorage.getItem(KEPT) ?? localStorage.getItem(KEPT) ?? someNumber();
  keepNumber(number);
  return number;
}

/** @param {string} number */
export function keepNumber(number) {
  sessionStorage.setItem(KEPT, number);
  localStorage.setItem(KEPT, number);
}

/** What somebody typed as E.164, or null if it is no telephone number; a number without `+` is taken for a Japanese one.
 * @param {string} typed */
export function readNumber(typed) {
  const bare = typed.normalize("NFKC").replace(/[\s().\u2010-\u2015\u30fc\u2212-]/g, "");
  const number = bare.replace(/^0(?=[1-9])/, "+81");
  return /^\+[1-9]\d{7,14}$/.test(number) ? number : null;
}

/** Japanese numbers whose parts are known: what follows +81, in groups. */
const GROUPS = [/^([5789]0)(\d{4})(\d{4})$/, /^([36])(\d{4})(\d{4})$/, /^(120)(\d{3})(\d{3})$/, /^(800)(\d{3})(\d{4})$/];

/** A number as people write it here. @param {string} number */
export function showNumber(number) {
  const groups = number.startsWith("+81") && GROUPS.map((one) => one.exec(number.slice(3))).find(Boolean);
  return groups ? `0${groups.slice(1).join("-")}` : number;
}
