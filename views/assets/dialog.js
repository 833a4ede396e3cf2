// Dialogs that ask: a button opens one, and another closes it.

document.addEventListener("click", ({ target }) => {
  const opens = target.closest("[data-opens]");
  if (opens) document.getElementById(opens.dataset.opens).showModal();
  if (target.closest("[data-dismiss]")) target.closest("dialog").close();
});
