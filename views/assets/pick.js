// Rows that are picked: how many, all of them, and from one to another with Shift. That the bar is there is the style sheet's
// doing, and each order is a plain button of the form.

import { counted } from "./plural.js";

for (const form of document.querySelectorAll("[data-pick]")) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("tbody .pick input")];
  let last = -1;

  const say = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    if (count > 0) counted(form.querySelector(".picked"), count);
  };

  form.addEventListener("click", ({ target, shiftKey }) => {
    const at = boxes.indexOf(target);
    if (at < 0) return;
    if (shiftKey && last >= 0) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = target.checked;
    }
    last = at;
  });
  form.addEventListener("change", ({ target }) => {
    if (target === all) for (const box of boxes) box.checked = all.checked;
    say();
  });
  // The boxes are emptied after the event.
  form.addEventListener("reset", () => setTimeout(say));
  // A page that is gone back to has what was picked.
  addEventListener("pageshow", say);
}
