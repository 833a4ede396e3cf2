// What has changed in a form that is kept: the bar says how much, and compares. Without this module the bar is always there,
// and saves.

import { counted } from "./plural.js";

const ticks = (control) => ["checkbox", "radio"].includes(control.type);

/** What a control sends, and what it would send as it is kept. */
const now = (control) => (ticks(control) && !control.checked ? "" : control.value);
function kept(control) {
  if ("kept" in control.dataset) return control.dataset.kept;
  if (ticks(control)) return control.defaultChecked ? control.value : "";
  if (control.options) return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0]).value;
  return control.defaultValue ?? "";
}

/** The fields that have changed, each by its name with its controls. */
function changes(form) {
  const named = Map.groupBy([...form.elements].filter(({ name, disabled, type }) => name && !disabled && type !== "hidden" && type !== "submit"), ({ name }) => name);
  return [...named.values()].filter((controls) => controls.some((control) => now(control) !== kept(control)));
}

/** What a value of a field is called. */
function said(controls, value, bar) {
  const [first] = controls;
  const { on, off, hidden } = bar.dataset;
  if (first.role === "switch") return value(first) ? on : off;
  if (first.type === "password") return value(first) ? hidden : "—";
  if (ticks(first)) return controls.filter(value).map(({ labels }) => labels[0].textContent).join(", ") || "—";
  if (first.options) return [...first.options].find((option) => option.value === value(first))?.textContent ?? "—";
  const unit = first.parentElement.querySelector(".unit")?.textContent ?? "";
  return value(first) ? `${value(first)} ${unit}` : "—";
}

function compare(form, bar) {
  const body = bar.querySelector(".changes tbody");
  body.replaceChildren();
  for (const controls of changes(form)) {
    const row = body.insertRow();
    const label = controls[0].closest("fieldset")?.querySelector("legend") ?? controls[0].labels[0];
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = label.firstChild.textContent;
    row.append(head);
    for (const value of [kept, now]) row.insertCell().textContent = said(controls, value, bar);
  }
}

for (const form of document.querySelectorAll("form[data-dirty]")) {
  const bar = form.querySelector(".save-bar");
  let touched = false;
  const say = () => {
    const count = changes(form).length;
    form.toggleAttribute("data-changed", count > 0);
    if (count > 0) counted(bar.querySelector(".how-many"), count);
  };
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => {
      touched = true;
      say();
    });
  }
  form.addEventListener("reset", () => setTimeout(say));
  form.addEventListener("submit", () => (touched = false));
  bar.querySelector(".compare").addEventListener("click", () => compare(form, bar));
  addEventListener("pageshow", say);
  addEventListener("beforeunload", (event) => {
    if (touched && form.hasAttribute("data-changed")) event.preventDefault();
  });
}
