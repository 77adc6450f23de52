// The conversation as a text file that a person can keep.

import {shownText} from './items.js';

/**
 * @param {import('./items.js').Item[]} items
 * @param {{title: string, you: string, locale: string}} names
 */
export function transcriptOf(items, {title, you, locale}) {
  const time = new Intl.DateTimeFormat(locale, {dateStyle: 'short', timeStyle: 'short'});
  const lines = items
    .filter(({state}) => state === 'said')
    .map((item) => {
      const text = shownText(item, locale);
      const cards = item.cards.map((card) =>
        [card.title, card.description].filter(Boolean).join(': '),
      );
      const who = item.side === 'consumer' ? you : item.name || title;
      const said = [
        text,
        item.prompt,
        ...cards,
        item.options.map(({label}) => `[${label}]`).join(' '),
      ];
      return `${time.format(item.at)}  ${who}: ${said.filter(Boolean).join('\n  ')}`;
    });
  return `${title}\n\n${lines.join('\n')}\n`;
}

/**
 * @param {string} name
 * @param {string} text
 */
export function save(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: 'text/plain;charset=utf-8'}));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
