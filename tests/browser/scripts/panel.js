// Notes from here on what the panel of Live shows after each swap, what it says from an order's answer on, and how often it
// asks. With `again` it is brought up to date as soon as an order is answered: the stream may have told all before.
(again) => {
  const panel = document.getElementById("panel");
  const words = (element) => (element?.innerText ?? "nothing").replace(/\s+/g, " ").trim();
  const noted = { shown: [], said: [], asked: 0 };
  window.noted = noted;

  panel.addEventListener("htmx:before:request", () => (noted.asked += 1));
  panel.addEventListener("htmx:after:swap", ({ detail }) => {
    const ordered = detail.ctx.request.method === "POST";
    noted.shown.push(words(panel));
    if (ordered || noted.said.length > 0) noted.said.push(words(panel.querySelector(":scope > .notice")));
    if (!ordered || !again) return;
    again = false;
    const [, kind, id] = /^(\w+)-(.*)$/.exec(panel.dataset.of);
    htmx.ajax("GET", `/live/${kind}s/${id}`, { source: panel, target: panel, swap: "innerMorph" });
  });
  return true;
}
