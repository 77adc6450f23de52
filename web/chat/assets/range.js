// A number between two, by a slider; it can be typed as well.

import {make, makeButton} from '../dom.js';

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({expects}, {words, locale, say}) {
    const {min = 0, max = 100, whole} = expects ?? {};
    const format = new Intl.NumberFormat(locale, {maximumFractionDigits: 2});
    const slider = make('input', '');
    slider.type = 'range';
    slider.min = String(min);
    slider.max = String(max);
    slider.step = whole ? '1' : String((max - min) / 100);
    slider.value = String(whole ? Math.round((min + max) / 2) : (min + max) / 2);
    slider.setAttribute('aria-label', words.chooseNumber);
    const shown = make('output', '');
    const show = () => {
      shown.textContent = format.format(slider.valueAsNumber);
      slider.setAttribute('aria-valuetext', shown.textContent);
    };
    slider.addEventListener('input', show);
    show();
    const send = makeButton('choice strong', words.send, () =>
      say(format.format(slider.valueAsNumber)),
    );
    return make('div', 'asset range', slider, shown, send);
  },
};
