// Keeps Live true: what the stream brings goes to its place, goes on counting, and is followed by the panel.

import { count } from "./choice.js";
import { tick } from "./clock.js";
import { follow } from "./panel.js";
import { changed, still } from "./rows.js";
import { keepTrue } from "./stream.js";

const live = document.getElementById("live");
/** What the message under way is about: elements, or the ids of rows that it brings or takes away. */
let about = [];

live.addEventListener("htmx:before:swap", ({ target, detail }) => {
  if (target !== live) return;
  about = detail.tasks.map(({ swapSpec, fragment, target }) => (swapSpec.style === "place" ? fragment.firstElementChild : target)?.id);
});

live.addEventListener("htmx:sse:after:message", () => {
  const ids = new Set(about);
  about = [];
  for (const id of ids) bring(document.getElementById(id));
  if (ids.size > 0) count();
  follow(ids);
});

/** What was swapped goes on counting, in its place. */
function bring(element) {
  if (!element) return;
  tick(element);
  changed(element);
}

keepTrue(live, document.getElementById("stale"));

// A number that has changed lets its tint fade, once.
new MutationObserver((changes) => {
  if (still.matches) return;
  for (const { target } of changes) {
    // One for each number: of several at once Chromium leaves none to the compositor.
    const tint = (target.tint ??= target.animate({ opacity: [1, 0] }, { duration: 600, easing: "ease-out", pseudoElement: "::before" }));
    tint.currentTime = 0;
    tint.play();
  }
}).observe(live, { subtree: true, attributeFilter: ["data-value"] });
