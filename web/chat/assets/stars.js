// How many stars it gets. Each star is a button that says its number.

import {choiceButton, make, makeIcon} from '../dom.js';
import {filled} from '../words.js';

const kStar =
  'm12 3 2.8 5.8 6.2.9-4.5 4.4 1.1 6.3L12 17.3l-5.6 3.1 1.1-6.3L3 9.7l6.2-.9Z';

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({options, text}, {words, say}) {
    const element = make(
      'div',
      'asset stars',
      ...options.map((option, at) => {
        const button = choiceButton(option, say, 'star');
        button.setAttribute(
          'aria-label',
          filled(words.stars, {count: at + 1, all: options.length}),
        );
        button.replaceChildren(makeIcon(kStar));
        return button;
      }),
    );
    element.setAttribute('role', 'group');
    if (text) element.setAttribute('aria-label', text);
    return element;
  },
  update(element, item) {
    const at = item.options.findIndex(
      ({label, value = label}) => !item.isOpen && value === item.chosen,
    );
    [...element.children].forEach((star, place) => star.classList.toggle('lit', place <= at));
  },
};
