// The panel at the side: opens, follows its row, closes, and gives the focus back.

import { tick } from "./clock.js";
import "./dialog.js";

const panel = document.getElementById("panel");
/** The panel follows its row, but no faster than this. */
const PACE_MS = 1000;
/** What came of an order can be read for this long, however often the panel is brought up to date meanwhile. */
const SAID_MS = 5000;

let opener = null;
let arriving = false;
let loaded = 0;
let waiting = null;
let said = null;

/** The row that the panel is about, as `call-…` or `agent-…`; null while it is closed. */
const subject = () => (panel.hidden ? null : panel.dataset.of);
const copy = (id) => document.getElementById(id).content.cloneNode(true);

/** Shows what belongs to a row, or with null closes the panel. */
export function show(of) {
  if (of === subject()) return;
  if (!of) return close();
  if (panel.hidden) opener = document.activeElement;
  said = null;
  panel.dataset.of = of;
  panel.replaceChildren(copy("panel-awaited"));
  panel.hidden = false;
  panel.focus();
  arriving = true;
  load();
}

function close() {
  const row = document.getElementById(panel.dataset.of);
  panel.hidden = true;
  delete panel.dataset.of;
  panel.replaceChildren();
  const back = opener?.isConnected && opener !== document.body ? opener : row?.querySelector("a");
  back?.focus({ preventScroll: true });
}

function load() {
  clearTimeout(waiting);
  waiting = null;
  // It may have been closed meanwhile.
  if (panel.hidden) return;
  loaded = performance.now();
  const [, kind, id] = /^(\w+)-(.*)$/.exec(panel.dataset.of);
  htmx.ajax("GET", `/live/${kind}s/${id}`, { source: panel, target: panel, swap: "innerMorph" });
}

function soon() {
  waiting ??= setTimeout(load, Math.max(0, loaded + PACE_MS - performance.now()));
}

/** The stream has brought these: the panel follows, if it is about one of them or stands in one of their queues. */
export function follow(ids) {
  const of = subject();
  if (!of) return;
  const queue = of.startsWith("call-") && document.getElementById(of)?.dataset.queues;
  if (ids.has(of) || ids.has(`queue-${queue}`)) soon();
}

function failed() {
  if (panel.querySelector(".skeleton")) panel.replaceChildren();
  panel.querySelector(".panel-failed")?.remove();
  panel.prepend(copy("panel-failed"));
}

panel.addEventListener("htmx:before:request", (event) => event.target.closest?.("dialog")?.close());
panel.addEventListener("htmx:before:swap", (event) => {
  const { request, response } = event.detail.ctx;
  // An answer for a row that is no longer asked about.
  const of = subject();
  const late = !of || !request.action.includes(of.replace(/^\w+-/, ""));
  if (late || response.status >= 400) event.preventDefault();
  if (!late && response.status >= 400) failed();
});
/** Remembers what came of an order, or says it again. */
function sayAgain(method) {
  if (method === "POST") {
    const notice = panel.querySelector(".notice")?.cloneNode(true);
    // Whoever listens has heard it.
    notice?.removeAttribute("role");
    said = notice && { notice, until: performance.now() + SAID_MS };
  } else if (said && performance.now() < said.until) panel.querySelector(".panel-head")?.after(said.notice.cloneNode(true));
}

panel.addEventListener("htmx:after:swap", (event) => {
  sayAgain(event.detail.ctx?.request?.method);
  tick(panel);
  if (arriving) document.getElementById("panel-title")?.focus();
  arriving = false;
  // The books do not know yet how it ended, and the stream will not tell.
  if (panel.querySelector("[data-unsettled]")) soon();
});
panel.addEventListener("htmx:error", (event) => {
  // A refresh that comes to nothing is told by the stream's own silence.
  if (event.detail.ctx?.request.method === "POST" || panel.querySelector(".skeleton")) failed();
});
panel.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) load();
});
