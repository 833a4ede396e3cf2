// Rows in their places. Nothing jumps while somebody is in a table: rows that come are held back, rows that go stay dimmed,
// and the order is settled when pointer and focus have left, or by the button above the table.

import { counted } from "./plural.js";

const hovers = matchMedia("(hover: hover)");
/** What changes within this time is settled at once. */
const TOGETHER_MS = 250;
/** After this it is looked again whether rows have come to their places. */
const AGAIN_MS = 40;
/** No row is higher. */
const ROW_PX = 100;

export const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Changes a table; rows that stand elsewhere afterwards glide there, as far as they are in sight. */
function gliding(body, change) {
  if (still.matches) return change();
  const top = (row) => row.getBoundingClientRect().top;
  const inSight = (y) => y > -ROW_PX && y < innerHeight;
  const tops = new Map([...body.rows].map((row) => [row, top(row)]));
  change();
  const rows = new Set(body.gliding);
  for (const row of rows) row.style.cssText = "transition: none; translate: none";
  const moved = [];
  for (const row of body.rows) {
    const now = top(row);
    const by = tops.get(row) - now;
    if (by && (inSight(now) || inSight(now + by))) moved.push([row, by]);
  }
  for (const [row, by] of moved) {
    row.style.cssText = `transition: none; translate: 0 ${by}px`;
    rows.add(row);
  }
  body.gliding = rows;
  const go = () => {
    if (body.gliding !== rows) return;
    for (const row of rows) row.style.cssText = "";
    body.gliding = moved.map(([row]) => row);
  };
  // The browser has to have drawn where they begin.
  requestAnimationFrame(() => requestAnimationFrame(go));
}

/** Whether rows are on their way; who moves them then moves them from where the browser does not think they are. */
function glides(body) {
  const onWay = (row) => row.style.translate || row.getAnimations().some((animation) => animation.transitionProperty === "translate");
  return [...(body.gliding ?? [])].some(onWay);
}

/** Hides an element or shows it, and leaves alone what is so already: the browser would look through the style sheets. */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

const since = (row, cell = "time") => Number(row.querySelector(cell)?.dataset.since ?? Infinity);

/** What a table is sorted by, by the names that the heads carry; the smallest first. */
const KEYS = {
  "queue-longest": (row) => [since(row, ".longest time")],
  "queue-waiting": (row) => [-Number(row.querySelector(".waiting b")?.dataset.value ?? 0)],
  "agent-state": (row) => [Number(row.dataset.rank), since(row)],
  "agent-since": (row) => [Number(row.dataset.rank === "9"), since(row)],
  "call-since": (row) => [since(row)],
};

export const bodies = ["queue-rows", "agent-rows", "call-rows"].map((id) => document.getElementById(id));
const sorts = new Map();
const touched = new Set();
const leaving = new Map();
let settling = null;
let morph = null;

for (const body of bodies) [...body.rows].forEach((row, place) => (row.place = place));

/** Sorts a table by a name of KEYS, or as usual, at once: that is what somebody has asked for. */
export function sortBy(body, name) {
  if ((sorts.get(body) ?? null) === (name ?? null)) return;
  sorts.set(body, name);
  settle(body, true);
}

/** Whether somebody is in the table: on a touch screen only the focus tells. */
function frozen(body) {
  const table = body.closest("table");
  return table.matches(":focus-within") || (hovers.matches && table.matches(":hover"));
}

/** Compares rows by what the table is sorted by, and of equals by their usual order. */
function comparing(body) {
  const key = KEYS[sorts.get(body)] ?? (() => []);
  const keys = new Map();
  const of = (row) => {
    if (!keys.has(row)) keys.set(row, [...key(row), Number(row.dataset.order ?? row.place ?? Infinity)]);
    return keys.get(row);
  };
  return (one, other) => {
    const [a, b] = [of(one), of(other)];
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
  };
}

/** The wanted order, and the fewest rows that have to move for it: all but the longest run that is in order already. */
function order(body) {
  const rows = [...body.rows].filter((row) => !row.matches(".leave, [data-gone]"));
  const compare = comparing(body);
  if (rows.every((row, i) => i === 0 || compare(rows[i - 1], row) <= 0)) return { wanted: rows, moving: new Set() };
  const at = new Map(rows.map((row, i) => [row, i]));
  const wanted = [...rows].sort(compare);
  const ends = [];
  const before = [];
  wanted.forEach((row, i) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at.get(wanted[ends[middle]]) < at.get(row)) low = middle + 1;
      else high = middle;
    }
    before[i] = low > 0 ? ends[low - 1] : -1;
    ends[low] = i;
  });
  const moving = new Set(wanted);
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]) moving.delete(wanted[i]);
  return { wanted, moving };
}

/** Brings a table in order; while somebody is in it, only says how much that would change. */
export function settle(body, asked = false) {
  const held = body.querySelectorAll("[data-held]");
  const gone = body.querySelectorAll("[data-gone]");
  const { wanted, moving } = order(body);
  if (!asked && frozen(body)) {
    const moved = [...moving].filter((row) => !row.hasAttribute("data-held")).length;
    return tell(body, held.length + gone.length + moved);
  }
  if (!asked && gone.length + held.length + moving.size > 0 && glides(body)) return soon(body);
  for (const row of held) enter(row);
  if (gone.length + held.length + moving.size > 0) {
    gliding(body, () => {
      for (const row of gone) row.remove();
      let next = null;
      for (const row of wanted.reverse()) {
        if (moving.has(row)) (body.moveBefore ?? body.insertBefore).call(body, row, next);
        next = row;
      }
    });
  }
  weigh(body);
  tell(body, 0);
}

/** Says whether there are rows: a style sheet that looked for them would be asked about every row of the table each time. */
function weigh(body) {
  body.closest("section").toggleAttribute("data-none", body.rows.length === 0);
}

/** Says above the table how many changes are held back. */
function tell(body, count) {
  const line = body.closest("section").querySelector(".frozen");
  hide(line, count === 0);
  if (count === 0) return;
  counted(line.firstElementChild, count, line);
}

function soon(body) {
  touched.add(body);
  settling ??= setTimeout(() => {
    settling = null;
    const now = [...touched];
    touched.clear();
    now.forEach((body) => settle(body));
  }, TOGETHER_MS);
}

function enter(row) {
  row.removeAttribute("data-held");
  row.classList.add("enter");
}

/** Puts a new row among the others; a new one is mostly the last. */
function place(body, row) {
  const compare = comparing(body);
  let next = null;
  for (let before = body.lastElementChild; before && compare(before, row) > 0; before = before.previousElementSibling) next = before;
  if (frozen(body)) row.toggleAttribute("data-held", true);
  else row.classList.add("enter");
  // One that finds the others on their way waits for its place at the end.
  if (next && !glides(body)) gliding(body, () => body.insertBefore(row, next));
  else body.append(row);
  weigh(body);
  soon(body);
}

/** Takes away those that have faded, all at once. */
function sweep(body) {
  if (glides(body)) return setTimeout(sweep, AGAIN_MS, body);
  gliding(body, () => leaving.get(body).forEach((row) => row.remove()));
  leaving.delete(body);
  weigh(body);
}

function leave(row) {
  const body = row.parentElement;
  row.removeAttribute("id");
  if (row.hasAttribute("data-held")) row.remove();
  else if (frozen(body)) row.toggleAttribute("data-gone", true);
  else {
    row.classList.add("leave");
    const together = leaving.get(body);
    if (together) together.push(row);
    else {
      leaving.set(body, [row]);
      setTimeout(sweep, 120, body);
    }
  }
  soon(body);
}

/** Brings a row that the page may have up to date, or puts it in its place. */
function bring(body, row) {
  const known = document.getElementById(row.id);
  if (!known) return place(body, row);
  known.place = row.place;
  const fragment = document.createDocumentFragment();
  fragment.append(row);
  morph(known, fragment, false);
}

htmx.registerExtension("rows", {
  init: (api) => (morph = api.morph),
  // What the page itself has set outlives the server's drawing: a row that changes while it begins to glide goes on.
  htmx_before_morph_attr: (_, { attrName, newValue }) => newValue !== null || !["data-held", "open", "style"].includes(attrName),
  handle_swap(style, target, fragment) {
    const rows = [...fragment.children];
    if (style === "leave") leave(target);
    else if (style === "place") for (const row of rows) bring(target, row);
    else if (style === "rows") {
      const ids = new Set(rows.map((row) => row.id));
      for (const row of [...target.rows]) if (row.id && !ids.has(row.id)) leave(row);
      rows.forEach((row, place) => {
        row.place = place;
        bring(target, row);
      });
      soon(target);
    } else return false;
    return [];
  },
});

for (const body of bodies) {
  const table = body.closest("table");
  for (const left of ["pointerleave", "focusout"]) table.addEventListener(left, () => setTimeout(settle, 0, body));
  body.closest("section").querySelector("[data-settle]").addEventListener("click", () => settle(body, true));
}

/** A row of the stream has other values than before: it may belong elsewhere. */
export function changed(row) {
  if (bodies.includes(row.parentElement)) soon(row.parentElement);
}
