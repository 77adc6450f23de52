// Choices that are pictures with a name.

import {choiceButton, make, makeImage} from '../dom.js';
import {imageAddress} from '../page.js';

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({options}, {say}) {
    return make(
      'div',
      'asset pictures ps-buttongroup-image',
      ...options.map((option) => {
        const button = choiceButton(option, say, 'picture');
        const address = imageAddress(option.image);
        if (address) button.prepend(makeImage(address, ''));
        if (option.description) button.append(make('small', '', option.description));
        return button;
      }),
    );
  },
};
