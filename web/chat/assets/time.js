// A time of the day, in the way that the chat's language writes it. It is said as 17:30.

import {make, makeButton} from '../dom.js';

const kMinuteStep = 5;
const kFirstHour = 9;

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({prompt}, {words, locale, say}) {
    const format = new Intl.DateTimeFormat(locale, {hour: 'numeric', timeZone: 'UTC'});
    const two = new Intl.NumberFormat(locale, {minimumIntegerDigits: 2});
    const hours = choose(words.hour, 24, (hour) => format.format(Date.UTC(2000, 0, 1, hour)), 1);
    const minutes = choose(words.minute, 60, (minute) => two.format(minute), kMinuteStep);
    hours.value = String(kFirstHour);
    const send = makeButton('choice strong', words.send, () =>
      say(`${hours.value.padStart(2, '0')}:${minutes.value.padStart(2, '0')}`),
    );
    const element = make('div', 'asset clock', hours, minutes, send);
    element.setAttribute('role', 'group');
    element.setAttribute('aria-label', prompt || words.chooseTime);
    return element;
  },
};

/**
 * @param {string} label
 * @param {number} end
 * @param {(value: number) => string} shown
 * @param {number} step
 */
function choose(label, end, shown, step) {
  const select = make('select', '');
  select.setAttribute('aria-label', label);
  for (let value = 0; value < end; value += step)
    select.add(new Option(shown(value), String(value)));
  return select;
}
