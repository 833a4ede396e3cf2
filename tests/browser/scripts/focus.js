// Whatever the keyboard reaches is to be seen when it is reached, from above as from below: nothing that stays in its place
// while the page moves may lie over it (WCAG 2.4.11, and more strictly: over no part of its middle).
(() => {
  const INSIDE = 3;
  const found = [];
  const reached = "a[href], button, input, select, textarea, summary, [tabindex]";
  /** Of hundreds of rows that are alike, so many from either end are enough. */
  const ALIKE = 20;

  function path(element) {
    const steps = [];
    for (let at = element; at && at !== document.body && steps.length < 3; at = at.parentElement) {
      steps.unshift([at.localName + (at.id ? `#${at.id}` : ""), ...at.classList].join("."));
    }
    return steps.join(" > ");
  }

  const alike = Map.groupBy(
    [...document.querySelectorAll(reached)].filter((one) => one.tabIndex >= 0),
    (one) => path(one).replace(/#[^.\s]+/g, ""),
  );
  const all = [...alike.values()].flatMap((some) => some.filter((_, n) => n < ALIKE || n >= some.length - ALIKE));
  all.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));

  function look(element, from) {
    element.focus();
    if (document.activeElement !== element) return;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    // One that is drawn by its label is seen there.
    if (right - left < 2 * INSIDE || bottom - top < 2 * INSIDE || getComputedStyle(element).opacity === "0") return;
    const middle = (left + right) / 2;
    for (const [x, y] of [[middle, top + INSIDE], [middle, (top + bottom) / 2], [middle, bottom - INSIDE]]) {
      const over = document.elementFromPoint(x, y);
      if (over && (element.contains(over) || over.contains(element))) continue;
      // What the reader has opened, and Escape takes away again.
      const sheet = over?.closest(".panel, [popover]");
      if (sheet && !sheet.contains(element)) continue;
      const why = over ? `under ${path(over)}` : "out of the window";
      found.push({ rule: "focus-obscured", what: "the keyboard reaches what cannot be seen", element: path(element), why: `${why}, reached from ${from}` });
      return;
    }
  }

  all.forEach((element) => look(element, "above"));
  all.reverse().forEach((element) => look(element, "below"));
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  return found;
})()
