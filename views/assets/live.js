// Keeps Live true. htmx holds the stream and swaps what it brings; this module opens it, notices when something was missed
// or when nothing is heard, says so on the page and starts afresh.

import { count } from "./choice.js";
import { duration, set, tick } from "./clock.js";
import { follow } from "./panel.js";
import { changed, still } from "./rows.js";

const live = document.getElementById("live");
const stale = document.getElementById("stale");
/** The server is heard every 2 s. Silent for longer than this, the page may be old. */
const SILENT_MS = 5000;
/** Silent for this long, the line is given up and made anew. */
const DEAD_MS = 10000;
/** An attempt to open the stream is given this long before the next. */
const PATIENCE_MS = 6000;

let last = null;
let heard = performance.now();
let line = null;
let opened = -PATIENCE_MS;
/** What the message under way is about: elements, or the ids of rows that it brings or takes away. */
let about = [];

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

live.addEventListener("htmx:sse:before:message", (event) => {
  const { connection, message } = event.detail;
  line = connection;
  heard = performance.now();
  if (message.event === "beat") set(Number(message.data));
  if (message.event === "hello" && message.data !== live.dataset.build) location.reload();
  if (!message.event && !follows(message.id)) {
    event.detail.cancelled = true;
    hangUp();
  }
});

live.addEventListener("htmx:before:swap", ({ target, detail }) => {
  if (target !== live) return;
  about = detail.tasks.map(({ swapSpec, fragment, target }) => (swapSpec.style === "place" ? fragment.firstElementChild : target)?.id);
});

live.addEventListener("htmx:sse:after:message", () => {
  // How far the page has come, for whoever looks into it.
  if (last !== null) live.dataset.number = last;
  const ids = new Set(about);
  about = [];
  for (const id of ids) bring(document.getElementById(id));
  if (ids.size > 0) count();
  follow(ids);
  watch();
});

/** What was swapped goes on counting, in its place. */
function bring(element) {
  if (!element) return;
  tick(element);
  changed(element);
}

// Signed out, or no longer allowed: the page itself says what to do.
live.addEventListener("htmx:sse:error", (event) => {
  if ([401, 403].includes(event.detail.status)) location.reload();
});
live.addEventListener("htmx:after:request", (event) => {
  if ([401, 403].includes(event.detail.ctx?.response?.status)) location.reload();
});

/** Says how old the page is, as soon as it is. */
function watch() {
  const silence = performance.now() - heard;
  const old = silence > SILENT_MS;
  if (old) stale.querySelector(".for").textContent = duration(silence);
  if (stale.hidden === old) {
    stale.hidden = !old;
    live.toggleAttribute("data-stale", old);
  }
  if (silence > DEAD_MS && line?.reader) hangUp();
  open();
}

/** Opens the stream where there is none: at first, and when htmx has given up. */
function open() {
  if (live._htmx?.sse || performance.now() - opened < PATIENCE_MS) return;
  opened = performance.now();
  live.dispatchEvent(new Event("open"));
}

// A number that has changed lets its tint fade, once.
new MutationObserver((changes) => {
  if (still.matches) return;
  const tint = getComputedStyle(live).getPropertyValue("--talking-tint");
  for (const { target } of changes) {
    target.animate([{ backgroundColor: tint }, { backgroundColor: "transparent" }], { duration: 600, easing: "ease-out" });
  }
}).observe(live, { subtree: true, attributeFilter: ["data-value"] });

setInterval(watch, 1000);
// htmx wires the page in a task of its own, after the scripts have run.
setTimeout(watch, 0);
