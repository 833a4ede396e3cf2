// A field for a file: says what was chosen and at once what does not fit, and shows how much of it is sent. Without this module
// it is the browser's own control in a plain form.

const { lang } = document.documentElement;
const KILOBYTE = 1024;

/** A size as people read it, rounded up: `640 kB`, `1.2 MB`. */
function sized(bytes) {
  const [unit, digits, number] = bytes < KILOBYTE ** 2 ? ["kilobyte", 0, bytes / KILOBYTE] : ["megabyte", 1, bytes / KILOBYTE ** 2];
  const options = { style: "unit", unit, maximumFractionDigits: digits, roundingMode: "ceil" };
  return new Intl.NumberFormat(lang, options).format(number);
}

function wrong(field, file) {
  const { most, large, kind } = field.dataset;
  const endings = field.querySelector("input").accept.split(",");
  if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) return kind;
  return file.size > Number(most) ? large : "";
}

/** Says what is wrong with a field, or with nothing that it is well. */
function tell(field, why) {
  const input = field.querySelector("input");
  const error = field.querySelector(".wrong");
  error.hidden = !why;
  error.querySelector("span").textContent = why;
  input.setCustomValidity(why);
  input.setAttribute("aria-describedby", [why && error.id, `${input.id}-rule`].filter(Boolean).join(" "));
  if (why) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function face(field, verb, said, size) {
  field.querySelector(".verb span").textContent = verb;
  field.querySelector(".said").textContent = said;
  field.querySelector(".size").textContent = size;
}

document.addEventListener("change", ({ target }) => {
  const field = target.closest("[data-file]");
  const file = field && target.files[0];
  if (!file) return;
  face(field, field.querySelector(".face").dataset.other, file.name, sized(file.size));
  tell(field, wrong(field, file));
});

/** Sends a form whose file takes a while, and shows how far it is. The answer is the page that a plain form would have led to. */
function send(form, field) {
  const progress = field.querySelector("progress");
  const request = new XMLHttpRequest();
  const failed = () => {
    progress.hidden = true;
    tell(field, field.dataset.failed);
    field.querySelector("input").setCustomValidity("");
  };
  request.upload.onprogress = ({ loaded, total }) => (progress.value = (loaded / total) * 100);
  request.onerror = failed;
  request.onload = () => {
    if (request.status >= 500) return failed();
    if (request.responseURL !== form.action) return location.assign(request.responseURL);
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    document.getElementById("main").replaceWith(answer.getElementById("main"));
  };
  request.open("POST", form.action);
  request.send(new FormData(form));
  progress.hidden = false;
  const { dataset } = field.querySelector(".face");
  field.querySelector(".verb span").textContent = dataset.sending;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const field = form.querySelector("[data-file]");
  if (form.method !== "post" || !field?.querySelector("input").files[0]) return;
  event.preventDefault();
  send(form, field);
});
