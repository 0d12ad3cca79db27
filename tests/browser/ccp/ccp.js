/**
 * Stands in for an instance's Contact Control Panel. Streams in the page around it sends `{event, data}` by postMessage and is sent
 * the same, as the real panel passes it on from its shared worker (`ClientEngine` and `initSharedWorker` in the package). What
 * happens is decided by the test (tests/browser/instance.py), at the other end of a WebSocket.
 */

/** @type {WebSocket} */
let worker;

/** Dates cross a WebSocket as `{"moment": "2026-…"}`. @param {string} _ @param {any} value */
const revive = (_, value) => (typeof value?.moment === "string" ? new Date(value.moment) : value);

/** @param {string} event @param {unknown} [data] */
const tell = (event, data) => parent.postMessage({ event, data }, "*");

function start() {
  worker = new WebSocket(new URL("worker", location.href.replace(/^http/, "ws")));
  worker.addEventListener("open", () => tell("acknowledge", { id: "port-1" }));
  worker.addEventListener("message", ({ data: text }) => {
    const { event, data } = JSON.parse(text, revive);
    if (event === "agent::update") {
      data.snapshot.localTimestamp = Date.now();
      data.snapshot.skew = data.snapshot.snapshotTimestamp - data.snapshot.localTimestamp;
    }
    tell(event, data);
  });
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent || !data?.event) return;
  if (data.event !== "synchronize") {
    if (worker.readyState === WebSocket.OPEN) worker.send(JSON.stringify(data));
  } else if (worker.readyState === WebSocket.OPEN) tell("acknowledge", { id: "port-1" });
  else if (worker.readyState === WebSocket.CLOSED) start();
});

start();
