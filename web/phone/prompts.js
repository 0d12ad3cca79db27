/** Prompts in pieces that can be shown and read aloud: text in one language, or a pause. Also, which keys they name. */

/**
 * @typedef {{text: string, language: string}} Said  the language as in `ja-JP`
 * @typedef {{pause: number}} Pause  milliseconds
 * @typedef {Said | Pause} Piece
 */

/** Pauses by their strength, in milliseconds; SSML leaves the lengths to the voice. @type {Record<string, number>} */
const STRENGTHS = { none: 0, "x-weak": 0, weak: 200, medium: 400, strong: 700, "x-strong": 1_200 };
const LONGEST = 10_000; // milliseconds; the longest break that Polly takes

/** The language of a text whose prompt does not say: Japanese is told by its script. @param {string} text */
const guess = (text) => (/[\u3040-\u30ff\u3400-\u9fff]/.test(text) ? "ja-JP" : "en-US");

/** @param {import("./line.js").Prompt} prompt @returns {Piece[]} */
export function piecesOf({ text, ssml, language }) {
  /** @type {Piece[]} */
  const pieces = [];

  /** @param {string} words @param {string | null} spoken */
  function add(words, spoken) {
    const before = pieces.at(-1);
    const goesOn = before && "text" in before ? before : null;
    if (!words.trim()) {
      if (goesOn) goesOn.text += " ";
      return;
    }
    const tongue = spoken ?? guess(words);
    if (goesOn?.language === tongue) goesOn.text += words;
    else pieces.push({ text: words, language: tongue });
  }

  /** @param {Node} node @param {string | null} spoken */
  function walk(node, spoken) {
    for (const child of node.childNodes) {
      if (child instanceof Text) add(child.data, spoken);
      if (!(child instanceof Element)) continue;
      if (child.localName === "break") pieces.push({ pause: pauseOf(child) });
      walk(child, child.getAttribute("xml:lang") ?? spoken);
      if (child.localName === "p" || child.localName === "s") pieces.push({ pause: STRENGTHS.medium });
    }
  }

  if (!ssml) add(text, language);
  // Read as HTML, SSML with a flaw is still read. A `<break/>` is never closed there, so what follows stands inside it.
  else walk(new DOMParser().parseFromString(text, "text/html").body, language);
  return pieces.map((piece) => ("text" in piece ? { ...piece, text: piece.text.replace(/\s+/g, " ").trim() } : piece));
}

/** @param {Element} element a `<break>` */
function pauseOf(element) {
  const time = /^([\d.]+)(ms|s)$/.exec(element.getAttribute("time")?.trim() ?? "");
  if (time) return Math.min(Number(time[1]) * (time[2] === "s" ? 1_000 : 1), LONGEST);
  return STRENGTHS[element.getAttribute("strength") ?? "medium"] ?? STRENGTHS.medium;
}

/** Ways in which a prompt names a key: 「1を」「2番のキーを」「シャープを」, "press 1", "press the star key". */
const NAMES = [
  /(?<!\d)([\d*#]|米印|シャープ)(?:番|の|キー|ボタン)*を/g,
  /\bpress(?:ing)? (?:the )?(?:key )?([\d*#]|star|hash|pound)(?![\w])/gi,
  /\bpress(?:ing)? [\d*#] or ([\d*#])(?![\w])/gi,
];
/** @type {Record<string, string>} */
const SIGNS = { 米印: "*", シャープ: "#", star: "*", hash: "#", pound: "#" };

/** The keys that a prompt names. An aid for the eye only: what the flow takes, the flow alone knows. @param {Piece[]} pieces @returns {Set<string>} */
export function keysNamed(pieces) {
  const found = new Set();
  for (const piece of pieces) {
    if (!("text" in piece)) continue;
    const text = piece.text.normalize("NFKC");
    for (const name of NAMES) for (const [, key] of text.matchAll(name)) found.add(SIGNS[key.toLowerCase()] ?? key);
  }
  return found;
}
