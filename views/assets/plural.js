// Counts in words: the server gave every plural once, with a number in it.

const plurals = new Intl.PluralRules(document.documentElement.lang);

/** Says a count in an element that has a text for each plural. */
export function counted(element, count, plural = element) {
  const text = plural.dataset[plurals.select(count)].replace(/\d+/, count);
  if (element.textContent !== text) element.textContent = text;
}
