// Keeps a page true. htmx holds the stream and swaps what it brings; this module opens it, notices when something was
// missed or when nothing is heard, says so on the page and starts afresh.

import { duration, set } from "./clock.js";

/** The server is heard every 2 s. Silent for longer than this, the page may be old. */
const SILENT_MS = 5000;
/** Silent for this long, the line is given up and made anew. */
const DEAD_MS = 10000;
/** An attempt to open the stream is given this long before the next. */
const PATIENCE_MS = 6000;

/** Signed out, or no longer allowed: the page itself says what to do. */
export function leave(status) {
  if ([401, 403].includes(status)) location.reload();
}

/** Follows the stream of `page`. `told` is called after every message and every second, with whether the page is old. */
export function keepTrue(page, stale, told = () => {}) {
  let last = null;
  let heard = performance.now();
  let line = null;
  let opened = -PATIENCE_MS;

  /** Whether a message may be shown: it follows the last one, or brings everything. */
  function follows(id) {
    const [kind, number] = id.split(":");
    if (kind !== "all" && Number(number) !== last + 1) return false;
    last = Number(number);
    return true;
  }

  /** Ends the line; htmx makes a new one, which begins with everything. */
  function hangUp() {
    last = null;
    line?.reader?.cancel();
  }

  /** Says how old the page is, as soon as it is. */
  function watch() {
    const silence = performance.now() - heard;
    const old = silence > SILENT_MS;
    if (old) stale.querySelector(".for").textContent = duration(silence);
    if (stale.hidden === old) {
      stale.hidden = !old;
      page.toggleAttribute("data-stale", old);
    }
    if (silence > DEAD_MS && line?.reader) hangUp();
    open();
    told(old);
  }

  /** Opens the stream where there is none: at first, and when htmx has given up. */
  function open() {
    if (page._htmx?.sse || performance.now() - opened < PATIENCE_MS) return;
    opened = performance.now();
    page.dispatchEvent(new Event("open"));
  }

  page.addEventListener("htmx:sse:before:message", (event) => {
    const { connection, message } = event.detail;
    line = connection;
    heard = performance.now();
    if (message.event === "beat") set(Number(message.data));
    if (message.event === "hello" && message.data !== page.dataset.build) location.reload();
    if (!message.event && !follows(message.id)) {
      event.detail.cancelled = true;
      hangUp();
    }
  });

  page.addEventListener("htmx:sse:after:message", () => {
    // How far the page has come, for whoever looks into it.
    if (last !== null) page.dataset.number = last;
    watch();
  });

  page.addEventListener("htmx:sse:error", (event) => leave(event.detail.status));
  page.addEventListener("htmx:after:request", (event) => leave(event.detail.ctx?.response?.status));

  setInterval(watch, 1000);
  // htmx wires the page in a task of its own, after the scripts have run.
  setTimeout(watch, 0);
}
