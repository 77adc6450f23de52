// The place of a file. The server takes none yet, so this says so and offers what else there is.

import {choiceButton, make} from '../dom.js';

/** @type {import('./kinds.js').Kind} */
export const upload = {
  render({options, label}, {words, say}) {
    const note = make('p', 'none', label ? `${label}: ${words.noFiles}` : words.noFiles);
    const others = options.map((option) => choiceButton(option, say));
    return make('div', 'asset', note, make('div', 'choices', ...others));
  },
};
