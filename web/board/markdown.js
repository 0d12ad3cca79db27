/**
 * The part of Markdown that text widgets use, built as elements: headings, paragraphs, lists, tables, bold, code, links.
 * Whatever else stands there is shown as it was typed; markup in the text stays text.
 */

import { el } from "../shared/dom.js";

const INLINE = /\*\*(?<bold>[^*]+)\*\*|`(?<code>[^`]+)`|\[(?<label>[^\]]+)\]\((?<href>[^)\s]+)\)/g;

/** Only addresses that open a page; anything that could run something is not made a link. @param {string} address */
const isSafe = (address) => /^(https?:\/\/|\/(?!\/)|#)/i.test(address);

/** @param {string} text @returns {(string | HTMLElement)[]} */
function inline(text) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let after = 0;
  for (const match of text.matchAll(INLINE)) {
    const { bold, code, label, href } = /** @type {Record<string, string | undefined>} */ (match.groups);
    parts.push(text.slice(after, match.index));
    if (bold) parts.push(el("strong", {}, bold));
    else if (code) parts.push(el("code", {}, code));
    else if (label && href && isSafe(href)) parts.push(el("a", { href, rel: "noopener" }, label));
    else parts.push(match[0]);
    after = match.index + match[0].length;
  }
  parts.push(text.slice(after));
  return parts;
}

/** @param {string} line */
const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

/** @param {string[]} lines of one block @returns {HTMLElement} */
function block(lines) {
  if (lines.every((line) => /^\s*[-*] /.test(line))) return el("ul", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*[-*] /, "")))));
  if (lines.every((line) => /^\s*\d+\. /.test(line))) return el("ol", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*\d+\. /, "")))));
  if (lines.length > 1 && lines[0].includes("|") && /^[\s|:-]+$/.test(lines[1])) {
    const head = el("thead", {}, el("tr", {}, cells(lines[0]).map((cell) => el("th", { scope: "col" }, inline(cell)))));
    return el("table", {}, head, el("tbody", {}, lines.slice(2).map((line) => el("tr", {}, cells(line).map((cell) => el("td", {}, inline(cell)))))));
  }
  return el("p", {}, lines.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line))));
}

/** @param {string} source @returns {HTMLElement[]} */
export function markdown(source) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  /** @type {string[]} */
  let lines = [];
  const close = () => {
    if (lines.length) blocks.push(block(lines));
    lines = [];
  };
  for (const line of source.split(/\r?\n/)) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) {
      close();
      // The widget stands beneath the page's own headings, so its first level is our third.
      const level = Math.min(6, heading[1].length + 2);
      blocks.push(el(/** @type {"h3" | "h4" | "h5" | "h6"} */ (`h${level}`), { class: `md-${heading[1].length}` }, inline(heading[2])));
    } else if (line.trim()) lines.push(line);
    else close();
  }
  close();
  return blocks;
}
