// A list to choose from: one row, or several where the flow allows that. A long one can be
// searched.

import {choiceButton, make, makeButton, makeImage} from '../dom.js';
import {imageAddress} from '../page.js';
import {filled} from '../words.js';

/** @typedef {import('../items.js').Option} Option */

const kSearchedFrom = 8;

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render(item, tools) {
    const rows = item.options.map((option) => rowOf(option, item.multiple, tools.say));
    const body = make('div', 'rows ps-listpicker-list', ...rows);
    body.tabIndex = 0;
    body.setAttribute('role', 'group');
    body.setAttribute('aria-label', item.text || item.prompt || tools.words.cards);
    const element = make('div', 'asset list', body);
    if (rows.length >= kSearchedFrom)
      element.prepend(searchOf(item.options, rows, body, tools.words));
    if (item.multiple) element.append(senderOf(element, tools));
    return element;
  },
  update(element, item, isLive) {
    const chosen = new Set((item.chosen ?? '').split(/[,\n]/).map((part) => part.trim()));
    for (const box of element.querySelectorAll('input[type="checkbox"]')) {
      const {value} = /** @type {HTMLInputElement} */ (box);
      if (!isLive)
        /** @type {HTMLInputElement} */ (box).checked = !item.isOpen && chosen.has(value);
    }
    count(element);
  },
};

/**
 * @param {Option} option
 * @param {boolean} isMultiple
 * @param {(text: string) => void} say
 */
function rowOf(option, isMultiple, say) {
  const words = make('span', 'ps-listpicker-list-item-label', option.label);
  if (option.description)
    words.append(make('small', 'ps-listpicker-list-item-description', option.description));
  const address = imageAddress(option.image);
  const parts = address ? [makeImage(address, ''), words] : [words];
  if (!isMultiple) {
    const button = choiceButton(option, say, 'item ps-listpicker-list-item');
    button.replaceChildren(...parts);
    return button;
  }
  const box = make('input', '');
  box.type = 'checkbox';
  box.value = option.value ?? option.label;
  return make('label', 'item ps-listpicker-list-item', box, ...parts);
}

/**
 * @param {Option[]} options
 * @param {HTMLElement[]} rows
 * @param {HTMLElement} body
 * @param {import('../words.js').Words} words
 */
function searchOf(options, rows, body, words) {
  const none = make('p', 'none', words.noneFound);
  none.setAttribute('role', 'status');
  none.hidden = true;
  body.append(none);
  const search = make('input', 'search ps-listpicker-input-search');
  search.type = 'search';
  search.placeholder = words.search;
  search.setAttribute('aria-label', words.search);
  search.autocomplete = 'off';
  search.addEventListener('input', () => {
    const wanted = plain(search.value).split(/\s+/);
    rows.forEach((row, at) => {
      const text = plain(`${options[at].label} ${options[at].description ?? ''}`);
      row.hidden = !wanted.every((word) => text.includes(word));
    });
    none.hidden = rows.some((row) => !row.hidden);
  });
  search.addEventListener('keydown', (event) => {
    const found = rows.filter((row) => !row.hidden);
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    if (found.length === 1) found[0].click();
  });
  return search;
}

/**
 * @param {HTMLElement} element
 * @param {import('./kinds.js').Tools} tools
 */
function senderOf(element, {words, say}) {
  const button = makeButton('choice strong', '', () => say(chosenIn(element).join(', ')));
  button.dataset.words = words.chosen;
  element.addEventListener('change', () => count(element));
  return make('div', 'choices ps-listpicker-footer', button);
}

/** @param {HTMLElement} element */
function count(element) {
  const button = element.querySelector('button[data-words]');
  if (!(button instanceof HTMLButtonElement)) return;
  const chosen = chosenIn(element).length;
  button.textContent = filled(button.dataset.words ?? '', {count: chosen});
  const isLive = element.querySelector('input[type="checkbox"]:not(:disabled)') !== null;
  button.disabled = !isLive || chosen === 0;
}

/** @param {HTMLElement} element */
function chosenIn(element) {
  return [...element.querySelectorAll('input[type="checkbox"]:checked')].map(
    (box) => /** @type {HTMLInputElement} */ (box).value,
  );
}

/**
 * Without accents and capitals, as people search.
 * @param {string} text
 */
export function plain(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
