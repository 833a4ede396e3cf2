// The desk: keys, menus, what a wrap-up has left, the title while a call rings, and the beat by which the server knows that
// somebody sits here. Without this module every form still works.

import { duration, now, tick } from "./clock.js";
import { keepTrue, leave } from "./stream.js";

const desk = document.getElementById("desk");
const failed = document.getElementById("desk-failed");
const title = document.title;
/** The server hears from the desk this often; timers of a hidden tab may sleep, what the stream brings wakes it. */
const BEAT_MS = 10000;

let beaten = -BEAT_MS;

function beat() {
  if (performance.now() - beaten < BEAT_MS) return;
  beaten = performance.now();
  // Given up before the next: a browser has few connections to a server, and dead ones must not hold them.
  fetch("/desk/beat", { method: "POST", signal: AbortSignal.timeout(BEAT_MS) }).then(
    ({ status }) => leave(status),
    () => (beaten = -BEAT_MS),
  );
}

/** What a wrap-up has left, in digits and as a bar that drains. */
function drain() {
  for (const element of desk.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Number(element.dataset.until) - now());
    if (element.localName === "progress") element.value = Math.min(left, element.max);
    else element.textContent = duration(left + 999);
  }
}

/** A call that rings is in the title while nobody looks at the page. */
function entitle() {
  const ring = document.hidden ? desk.querySelector("[data-ring]")?.dataset.ring : null;
  const text = ring ?? title;
  if (document.title !== text) document.title = text;
}

keepTrue(desk, document.getElementById("stale"), (old) => {
  tick(desk);
  // What cannot be passed on cannot be pressed.
  for (const part of desk.querySelectorAll(".bar .shelf, form.menu")) part.inert = old;
  beat();
  drain();
  entitle();
});
document.addEventListener("visibilitychange", entitle);

// An order that was not accepted is said, until one is.
desk.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement?.localName === "form") failed.hidden = response.status < 400;
});
desk.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.sourceElement?.localName === "form") failed.hidden = false;
});
// Whatever was ordered, by a key too: what was opened for an order is done with.
desk.addEventListener("submit", () => desk.querySelector(":popover-open")?.hidePopover());

/** What can be chosen in an open menu. */
const choices = (menu) => [...menu.querySelectorAll("button.answer")];

for (const menu of desk.querySelectorAll("form.menu")) {
  menu.addEventListener("keydown", (event) => {
    const all = choices(menu);
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const chosen = all.find((choice) => choice.dataset.digit === event.key);
    if (step) all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
    chosen?.click();
    if (step || chosen) event.preventDefault();
  });
}

// Each button names its key; where it is dimmed, the key does nothing either.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "?" && !event.target.closest("input, textarea, select, [contenteditable]")) {
    document.getElementById("keys").togglePopover();
    return;
  }
  const key = (event.shiftKey ? "Shift+" : "") + event.key;
  const button = desk.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  if (!button.disabled && !button.closest("[inert]")) button.click();
});
