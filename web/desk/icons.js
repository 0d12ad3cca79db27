/** The softphone's signs: lines on a grid of 24, each beside its word. */

import { svg } from "../shared/dom.js";

const HANDSET = "M6.5 3.5 9 8 7 10.2a13 13 0 0 0 6.8 6.8L16 15l4.5 2.5c0 2-1.4 3.3-3 3.3C10.5 20.5 3.5 13.5 3.2 6.5c0-1.6 1.3-3 3.3-3Z";

/** @type {Record<string, string>} */
const PATHS = {
  accept: HANDSET,
  reject: "M6 6l12 12M18 6 6 18",
  mute: "M9 9.5V6a3 3 0 0 1 6 0v5M9 11a3 3 0 0 0 4.5 2.6M5.5 11a6.5 6.5 0 0 0 10.5 5.2M18.5 11v1M12 17.5V21M4 4l16 16",
  hold: "M9 5v14M15 5v14",
  transfer: "M4 12h15M13 6l6 6-6 6",
  conference: "M12 8.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM5.5 20a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM18.5 20a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM11 8.5l-3.5 6.3M13 8.5l3.5 6.3M8.5 17.25h7",
  leave: "M13 5H5v14h8M10 12h11M17 8l4 4-4 4",
  end: "M3 14.5c0-5.5 18-5.5 18 0v2l-5-1v-3a14 14 0 0 0-8 0v3l-5 1Z",
  closeWork: "M5 12.5l4.5 4.5L19 7.5",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5.7 5.7l3.5 3.5M14.8 14.8l3.5 3.5M18.3 5.7l-3.5 3.5M9.2 14.8l-3.5 3.5",
  harassment: "M6 21V4h12l-2.5 4L18 12H6",
  VOICE: HANDSET,
  CHAT: "M4 5h16v11H10l-5 4v-4H4Z",
  TASK: "M7 5h10v16H7ZM10 5V3h4v2M10 11h4M10 15h4",
  EMAIL: "M3 6h18v12H3ZM3 7l9 7 9-7",
  queue: "M5 7h14M5 12h14M5 17h9",
  agent: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c0-8 16-8 16 0",
  flow: "M4 5h6v5H4ZM14 14h6v5h-6ZM10 7.5h7V14",
  number: HANDSET,
};

/** A sign, which says nothing to a screen reader: its word stands beside it. @param {string} name */
export const icon = (name) =>
  svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, svg("path", { d: PATHS[name] ?? PATHS.queue }));
