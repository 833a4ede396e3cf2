// What is wrong with how a page looks, as it says itself: too wide, text that is cut off, too small, or covered.
(() => {
  const TINY = 12;
  const SLACK = 1;
  /** Rows of letters are taller than their lines: this much of them may be outside. */
  const TALL_SLACK = 4;

  const root = document.documentElement;
  const width = root.clientWidth;
  const modal = document.querySelector("dialog:modal");
  const found = [];
  const styles = new Map();

  function style(element) {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  }

  function path(element) {
    const steps = [];
    for (let at = element; at && at !== document.body && steps.length < 3; at = at.parentElement) {
      const classes = typeof at.className === "string" ? at.className.trim().split(/\s+/).filter(Boolean) : [];
      steps.unshift([at.localName + (at.id ? `#${at.id}` : ""), ...classes].join("."));
    }
    return steps.join(" > ");
  }

  function say(rule, element, text, why) {
    found.push({ rule, what: why, element: path(element), why: text.trim().replace(/\s+/g, " ").slice(0, 80) });
  }

  /** Meant for those who listen, or for nobody. */
  const unseen = new Map();
  function isUnseen(element) {
    if (!element || element === root) return false;
    if (!unseen.has(element)) {
      const own = style(element);
      const clipped = own.clipPath !== "none" || (own.overflowX === "hidden" && element.clientWidth <= 1);
      unseen.set(element, clipped || isUnseen(element.parentElement));
    }
    return unseen.get(element);
  }

  function isDrawn(element) {
    if (modal && !modal.contains(element)) return false;
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !isUnseen(element);
  }

  /** Every piece of text that is drawn, with the places of its lines. */
  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const all = [];
    while (walker.nextNode()) {
      const { data, parentElement: element } = walker.currentNode;
      if (!data.trim() || ["script", "style", "option"].includes(element.localName) || !isDrawn(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const lines = [...range.getClientRects()].filter((line) => line.width > 0 && line.height > 0);
      if (lines.length > 0) all.push({ data, element, lines });
    }
    return all;
  }

  /** Whether a box that ends with an ellipsis holds the text as a line of its own. */
  function endsWithEllipsis(box, element) {
    if (style(box).textOverflow !== "ellipsis") return false;
    for (let at = element; at !== box; at = at.parentElement) {
      if (!style(at).display.startsWith("inline")) return false;
    }
    return true;
  }

  /** The part of a line that is seen; says so when the rest is cut off without a sign. */
  function seen({ data, element }, line) {
    let { left, right, top, bottom } = line;
    let floating = false;
    for (let box = element; box && box !== root; box = box.parentElement) {
      const own = style(box);
      const edge = box.getBoundingClientRect();
      const skipped = floating && own.position === "static";
      if (!skipped && own.overflowX !== "visible" && own.display !== "inline") {
        const hidesX = ["hidden", "clip"].includes(own.overflowX);
        const hidesY = ["hidden", "clip"].includes(own.overflowY);
        const cutX = hidesX && (right > edge.right + SLACK || left < edge.left - SLACK);
        const cutY = hidesY && (bottom > edge.bottom + TALL_SLACK || top < edge.top - TALL_SLACK);
        if (cutX && !endsWithEllipsis(box, element)) say("cut", element, data, `cut off by the sides of ${path(box)}`);
        if (cutY && own.webkitLineClamp === "none") say("cut", element, data, `cut off by the top or bottom of ${path(box)}`);
        [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
        [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      }
      if (own.position === "fixed") break;
      if (!skipped) floating = own.position === "absolute";
    }
    return { left, right, top, bottom };
  }

  /** Whatever lies over the text where it is seen. A point is taken for the whole pixel, so the edges belong to neighbours. */
  function cover(element, { left, right, top, bottom }) {
    if (right - left < 5 || bottom - top < 5 || style(element).pointerEvents === "none") return null;
    const y = (top + bottom) / 2;
    for (const x of [left + 2, (left + right) / 2, right - 2]) {
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
      const hit = document.elementFromPoint(x, y);
      if (!hit || hit.contains(element) || element.contains(hit)) continue;
      if (!hit.closest("dialog, :popover-open, aside")) return hit;
    }
    return null;
  }

  if (root.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { right } = element.getBoundingClientRect();
      return right > width + SLACK && isDrawn(element) && ![...element.children].some((child) => child.getBoundingClientRect().right > width + SLACK);
    });
    for (const element of wide.slice(0, 5)) {
      say("wide", element, element.textContent, `the page is ${root.scrollWidth} px wide, of ${width}`);
    }
    if (wide.length === 0) say("wide", document.body, "", `the page is ${root.scrollWidth} px wide, of ${width}`);
  }
  for (const text of texts()) {
    const size = parseFloat(style(text.element).fontSize);
    if (size < TINY) say("small", text.element, text.data, `the text is ${size} px high`);
    for (const line of text.lines) {
      if (line.right <= 0 || line.bottom <= 0) continue;
      const over = cover(text.element, seen(text, line));
      if (over) say("covered", text.element, text.data, `covered by ${path(over)}`);
    }
  }
  return found;
})()
