/** The published Streams library and the CCP, the instance's own agent page, which it keeps in a frame that nobody sees. */

const LIBRARY = "/vendor/connect-streams.js";
const STYLE = "/shared/softphone/streams.css";
/** Milliseconds. The library's own are made for a CCP that people see: a hidden one may take longer before an agent is alarmed. */
const WAITS = { ccpLoadTimeout: 10_000, ccpAckTimeout: 5_000, ccpSynTimeout: 3_000 };

/** @type {Promise<void> | null} */
let loading = null;

/** Loads the library, once for a page and only where it is wanted: it is larger than all our pages together. */
export function loadStreams() {
  loading ??= new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE }));
    // A classic script, as it is published: as a module it would look for its global object by eval, which our policy forbids.
    const script = Object.assign(document.createElement("script"), { src: LIBRARY });
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => {
      script.remove();
      loading = null;
      failed(new Error(`${LIBRARY} cannot be loaded`));
    });
    document.head.append(script);
  });
  return loading;
}

/** The frame of one CCP; a page has at most one at a time. */
export class Ccp {
  #url;
  #place;

  /** @param {string} url of the CCP @param {string} region */
  constructor(url, region) {
    this.#url = url;
    this.#place = Object.assign(document.createElement("div"), { className: "ccp", inert: true });
    this.#place.setAttribute("aria-hidden", "true");
    document.body.append(this.#place);
    connect.core.initCCP(this.#place, {
      ccpUrl: url,
      region,
      ...WAITS,
      iframeTitle: "Amazon Connect",
      loginPopup: true,
      loginPopupAutoClose: true,
      // Without a time-out nobody would notice a dead CCP; its type leaves the option out. The other one leaves the popup after
      // signing out to us, who open it when somebody asks for it: from a click browsers let it through.
      loginOptions: /** @type {any} */ ({ autoClose: true, enableAckTimeout: true, disableAuthPopupAfterLogout: true }),
      // Voice is the CCP's. Ringing is the desk's, in both homes; so is everything that a hidden frame would show to nobody.
      softphone: { allowFramedSoftphone: true, disableRingtone: true },
      chat: { disableRingtone: true },
      task: { disableRingtone: true },
      pageOptions: { showInactivityModal: false },
    });
  }

  /** Opens the instance's sign-in in a window, and loads the CCP until somebody has signed in there. */
  signIn() {
    const core = /** @type {any} */ (connect.core);
    // The library begins no second round of attempts while this stands, even when the first has come to its end.
    clearTimeout(core.iframeRefreshTimeout);
    core.iframeRefreshTimeout = null;
    core.reauthenticateAfterLogout();
  }

  /** Loads the CCP anew; the window stays the same, so that the library goes on listening to it. */
  reload() {
    const frame = this.#place.querySelector("iframe");
    if (frame) frame.src = this.#url;
  }

  /** Takes the CCP off the page, so that it neither rings nor talks any more. */
  end() {
    const core = /** @type {any} */ (connect.core);
    // `terminate` leaves these running, and they would look for what it has taken away.
    const { ackTimer, synTimer } = core.keepaliveManager ?? {};
    for (const timer of [core.ccpLoadTimeoutInstance, core.iframeRefreshTimeout, ackTimer, synTimer]) clearTimeout(timer);
    core.iframeRefreshTimeout = null;
    const { upstream } = core;
    connect.core.terminate();
    // Metrics of its own are still on their way; they go into a window that is no more.
    core.upstream = upstream;
    this.#place.remove();
  }
}
