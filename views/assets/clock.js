// Counts: every element with data-since shows, or is coloured by, the time that has passed since then on the server's
// clock. One timer for the page; nothing is written that has not changed.

/** From here on, a time of day alone would mislead. */
const DAY_MS = 86_400_000;

let offset = 0;

/** Sets our clock by the server's: the time there, in milliseconds. */
export function set(serverNow) {
  offset = serverNow - Date.now();
}

/** The time on the server's clock, in milliseconds. */
export function now() {
  return Date.now() + offset;
}

/** A length of time as people read it: 0:07, 12:45, 1:02:03. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Brings every counting element within `root` up to date. */
export function tick(root = document) {
  const at = now();
  for (const element of root.querySelectorAll("[data-since]")) {
    const passed = at - Number(element.dataset.since);
    if (element.localName === "time") {
      const text = duration(passed);
      // The text node stays: a new one would make the browser look through the style sheets.
      if (element.textContent !== text) element.firstChild.data = text;
    }
    const limit = Number(element.dataset.limit);
    if (limit > 0) {
      const urgency = passed >= limit ? "late" : passed >= limit * 0.7 ? "near" : "calm";
      if (element.dataset.urgency !== urgency) element.dataset.urgency = urgency;
    }
  }
}

// The moment itself is told to whoever asks: on the pointer's way in, in the time of the site as everything else here.
document.addEventListener("pointerover", (event) => {
  const element = event.target.closest?.("time[data-since]");
  if (!element) return;
  const moment = new Date(Number(element.dataset.since));
  const { lang, dataset } = document.documentElement;
  const site = { timeZone: dataset.zone };
  element.title = now() - moment > DAY_MS ? moment.toLocaleString(lang, site) : moment.toLocaleTimeString(lang, site);
});

const page = document.querySelector("[data-now]");
if (page) set(Number(page.dataset.now));
tick();
setInterval(() => tick(), 1000);
