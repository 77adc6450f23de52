// Cards side by side, each with a picture, words and buttons of its own. They are moved by finger,
// by the two arrows, and by whatever takes the focus.

import {make, makeButton, makeIcon, makeImage} from '../dom.js';
import {imageAddress} from '../page.js';
import {optionElement} from './buttons.js';

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({cards}, {words, say}) {
    const row = make('div', 'cards', ...cards.map((card) => cardOf(card, say)));
    row.tabIndex = 0;
    row.setAttribute('role', 'group');
    row.setAttribute('aria-label', words.cards);
    if (cards.length < 2) return make('div', 'asset carousel ps-carousel-wrapper', row);
    // One card further; from the right where that is how people read.
    const go = (/** @type {number} */ step) => () => {
      const sign = getComputedStyle(row).direction === 'rtl' ? -step : step;
      const width = row.firstElementChild?.getBoundingClientRect().width ?? 0;
      row.scrollBy({left: sign * (width + 8), behavior: 'smooth'});
    };
    const back = arrow('m14.5 6-6 6 6 6', words.previous, go(-1));
    const forth = arrow('m9.5 6 6 6-6 6', words.next, go(1));
    return make(
      'div',
      'asset carousel ps-carousel-wrapper',
      row,
      make('div', 'arrows ps-carousel-footer', back, forth),
    );
  },
};

/**
 * @param {import('../items.js').Card} card
 * @param {(text: string) => void} say
 */
function cardOf(card, say) {
  const element = make('article', 'picked ps-carousel-item');
  element.setAttribute('aria-label', card.title);
  const address = imageAddress(card.image);
  if (address) element.append(makeImage(address, 'ps-card-image'));
  element.append(make('strong', 'ps-card-title', card.title));
  if (card.description) element.append(make('p', 'ps-card-description', card.description));
  const buttons = (card.buttons ?? []).map((option) => optionElement(option, say));
  if (buttons.length > 0) element.append(make('div', 'choices ps-card-buttongroup', ...buttons));
  return element;
}

/**
 * @param {string} path
 * @param {string} label
 * @param {() => void} pressed
 */
function arrow(path, label, pressed) {
  const button = makeButton('arrow free', '', pressed);
  button.setAttribute('aria-label', label);
  button.append(makeIcon(path));
  return button;
}
