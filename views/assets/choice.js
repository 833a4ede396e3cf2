// What the reader picked, and in which order: read from the URL and written there. Rows are hidden by a style sheet made of
// it, so that what the stream brings later is hidden likewise.

import { show } from "./panel.js";
import { bodies, hide, sortBy } from "./rows.js";

const live = document.getElementById("live");
const form = document.getElementById("choice");
const panel = document.getElementById("panel");
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
const FIELDS = ["find", "queue", "state", "phase"];
/** What a row must match to be shown, by its table. */
let tests = {};

/** Changes the query, and the page with it. */
function go(change, replace = false) {
  const query = new URLSearchParams(location.search);
  change(query);
  for (const field of FIELDS) if (!query.get(field)) query.delete(field);
  const text = query.toString();
  const url = location.pathname + (text && `?${text}`) + location.hash;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  apply();
}

/** Brings the page to what the URL says. */
function apply() {
  const query = new URLSearchParams(location.search);
  for (const field of FIELDS) {
    const control = form.elements[field];
    if (control !== document.activeElement) control.value = query.get(field) ?? "";
  }
  pick(query);
  const wanted = query.getAll("sort");
  for (const head of live.querySelectorAll("th[data-sort]")) {
    if (wanted.includes(head.dataset.sort)) head.setAttribute("aria-sort", "descending");
    else head.removeAttribute("aria-sort");
  }
  for (const body of bodies) sortBy(body, wanted.find((sort) => body.id.startsWith(sort.split("-")[0])) ?? null);
  const of = ["call", "agent"].find((kind) => query.get(kind));
  show(of ? `${of}-${query.get(of)}` : null);
  live.dataset.tab = location.hash.slice(1) || "queues";
  for (const tab of live.querySelectorAll(".tabs a")) {
    if (tab.hash.slice(1) === live.dataset.tab) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

/** Hides the rows that were not picked. */
function pick(query) {
  const value = (name) => CSS.escape(query.get(name) ?? "");
  const words = (query.get("find") ?? "").toLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean);
  const found = words.map((word) => (/^[\d()+-]+$/.test(word) ? word.replace(/\D/g, "") : word)).filter(Boolean);
  const everywhere = found.map((word) => `[data-find*="${CSS.escape(word)}"]`);
  if (value("queue")) everywhere.push(`[data-queues~="${value("queue")}"]`);
  tests = { "agent-rows": [...everywhere], "call-rows": [...everywhere] };
  if (value("state") === "online") tests["agent-rows"].push(':not([data-doing="logged-out"])');
  else if (value("state")) tests["agent-rows"].push(`[data-doing="${value("state")}"]`);
  if (value("phase")) tests["call-rows"].push(`[data-phase="${value("phase")}"]`);
  const hidden = Object.entries(tests).flatMap(([id, all]) => all.map((test) => `#${id} tr:not(${test}) { display: none; }`));
  if (value("queue")) hidden.push(`#queue-${value("queue")} { background: var(--sunken); }`);
  sheet.replaceSync(hidden.join("\n"));
  form.querySelector("[data-all]").hidden = !FIELDS.some((field) => query.get(field));
  count();
}

/** Says how many of a table's rows are shown. */
export function count() {
  for (const [id, all] of Object.entries(tests)) {
    const body = document.getElementById(id);
    const section = body.closest("section");
    const there = body.querySelectorAll("tr:not([data-held])").length;
    const shown = body.querySelectorAll(`tr:not([data-held])${all.join("")}`).length;
    const note = section.querySelector(".shown");
    hide(note, all.length === 0);
    const text = note.dataset.text.replace("{shown}", shown).replace("{all}", there);
    if (note.textContent !== text) note.textContent = text;
    hide(section.querySelector(".nothing"), shown > 0 || there === 0);
  }
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => go((query) => query.set(target.name, target.value), target.type === "search"));

/** A link to Live itself changes what it names, and leaves the rest as it is. */
function follow(link) {
  const to = new URL(link.href).searchParams;
  go((query) => {
    if (link.matches("[data-all]")) for (const field of FIELDS) query.delete(field);
    if (link.matches("[data-close]") || to.has("call") || to.has("agent")) for (const kind of ["call", "agent"]) query.delete(kind);
    for (const [name, value] of to) {
      if (name === "queue" && query.get(name) === value) query.delete(name);
      else query.set(name, value);
    }
  });
}

live.addEventListener("click", (event) => {
  const sort = event.target.closest(".sort")?.parentElement;
  if (sort) return go((query) => toggle(query, sort.dataset.sort));
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const own = event.target.closest("a, button, input, select, label, summary");
  const link = own ?? (getSelection().isCollapsed ? event.target.closest("tbody tr")?.querySelector(".row-link") : null);
  if (!link?.matches?.('a[href^="/live"]')) return;
  event.preventDefault();
  follow(link);
});

/** Asks for an order, or for the usual one again; a table has one at a time. */
function toggle(query, sort) {
  const sorts = query.getAll("sort");
  const others = sorts.filter((other) => other.split("-")[0] !== sort.split("-")[0]);
  query.delete("sort");
  for (const kept of sorts.includes(sort) ? others : [...others, sort]) query.append("sort", kept);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.hidden || event.target.closest?.("dialog, input, select")) return;
  go((query) => ["call", "agent"].forEach((kind) => query.delete(kind)));
});

// An order that was sent without this script is answered by a page at the order's own address.
if (panel.dataset.of && !/[?&](call|agent)=/.test(location.search)) {
  const path = location.pathname.startsWith("/live/") ? "/live" : location.pathname;
  history.replaceState(null, "", `${path}?${panel.dataset.of.replace("-", "=")}`);
}
addEventListener("popstate", apply);
addEventListener("hashchange", apply);
apply();
