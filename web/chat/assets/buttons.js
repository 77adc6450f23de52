// Buttons, quick replies, and yes or no. A quick reply with an address opens that instead.

import {choiceButton, make} from '../dom.js';
import {safeTarget} from '../markdown.js';

/** @type {import('./kinds.js').Kind} */
export const buttons = {
  render({options}, {say}) {
    return make(
      'div',
      'asset choices ps-buttongroup',
      ...options.map((option) => optionElement(option, say)),
    );
  },
};

/**
 * @param {import('../items.js').Option} option
 * @param {(text: string) => void} say
 */
export function optionElement(option, say) {
  const address = safeTarget(option.url ?? '');
  if (!address) return choiceButton(option, say);
  const link = make('a', 'choice ps-button-primary', option.label);
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return link;
}
