// Elements of these pages. All that is shown of others goes through textContent.

/** @param {string} id */
export const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} tag @param {string} [text] @param {Record<string, string>} [attributes] */
export function element(tag, text = '', attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** @param {string} when ISO 8601 */
export function time(when) {
  return element('time', new Date(when).toLocaleString(), {datetime: when});
}

/** @param {string} text @param {string} href */
export const link = (text, href) => element('a', text, {href});

/** Names and what they are; what is empty is left out. @param {[string, string | Node][]} rows */
export function facts(rows) {
  const made = element('dl');
  for (const [name, value] of rows) {
    if (value === '') continue;
    const shown = element('dd');
    shown.append(value);
    made.append(element('dt', name), shown);
  }
  return made;
}

/**
 * Shows items in a list and leaves those alone that are as they were, so that what is open stays
 * open and the focus stays where it is.
 * @param {HTMLElement} list
 * @param {any[]} items
 * @param {(item: any) => string} keyOf
 * @param {(item: any, former: HTMLElement | undefined) => HTMLElement} make
 */
export function showItems(list, items, keyOf, make) {
  const former = new Map(
    [.../** @type {HTMLCollectionOf<HTMLElement>} */ (list.children)].map((each) => [
      each.dataset.key ?? '',
      each,
    ]),
  );
  const shown = items.map((item) => {
    const [key, state] = [keyOf(item), JSON.stringify(item)];
    const there = former.get(key);
    if (there?.dataset.state === state) return there;
    const made = make(item, there);
    made.dataset.key = key;
    made.dataset.state = state;
    return made;
  });
  const isSame =
    shown.length === list.children.length && shown.every((each, n) => list.children[n] === each);
  if (isSame) return;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const held = focused && list.contains(focused) ? focused : null;
  const key = held?.closest('li')?.dataset.key;
  list.replaceChildren(...shown);
  if (!held) return;
  const now = shown.find((each) => each.dataset.key === key);
  const same = held.dataset.do ? now?.querySelector(`[data-do="${held.dataset.do}"]`) : null;
  const next = list.contains(held) ? held : (same ?? now?.querySelector('summary'));
  /** @type {HTMLElement | null | undefined} */ (next)?.focus();
}
