// What the bot shows beside its words, by kind. `render` makes the element once; `update` brings it
// to the state of the conversation as often as that changes. Each kind is known by the name that
// the server has for it (src/dialog/state/names.hpp), and those without one by what is asked for.

import {buttons} from './buttons.js';
import {carousel} from './carousel.js';
import {dayPicker} from './day.js';
import {upload} from './upload.js';
import {imageButtons} from './imagebutton.js';
import {list} from './list.js';
import {range} from './range.js';
import {stars} from './stars.js';
import {timePicker} from './time.js';
import {webview} from './webview.js';

/**
 * @typedef {import('../items.js').Item} Item
 * @typedef {{
 *   words: import('../words.js').Words, locale: string,
 *   say: (text: string) => void, tell: (event: import('../events.js').PageEvent) => void,
 *   send: (file: File, progress: (part: number) => void) =>
 *     Promise<{url: string} | {why: import('../files.js').Why}>,
 *   uploads: import('../page.js').Uploads,
 * }} Tools `say` answers; `tell` tells the server what a page did; `send` sends a file.
 * @typedef {{
 *   render: (item: Item, tools: Tools) => HTMLElement,
 *   update?: (element: HTMLElement, item: Item, isLive: boolean) => void,
 * }} Kind
 */

/** @type {Record<string, Kind>} */
export const kinds = {
  buttons,
  quick_reply: buttons,
  yes_no: buttons,
  imagebutton: imageButtons,
  listpicker: list,
  selection: list,
  carousel,
  webview,
  file_upload: upload,
  datepicker: dayPicker,
  timepicker: timePicker,
  range,
  star_rating: stars,
};

/**
 * What can no longer be answered with is switched off; what was answered with stays marked.
 * @param {HTMLElement} element
 * @param {Item} item
 * @param {boolean} isLive
 */
export function updateAsset(element, item, isLive) {
  for (const control of element.querySelectorAll('button, input, select')) {
    if (control.classList.contains('free')) continue;
    /** @type {HTMLButtonElement} */ (control).disabled = !isLive;
    if (control instanceof HTMLButtonElement && control.dataset.choice !== undefined) {
      control.classList.toggle('chosen', !item.isOpen && control.value === item.chosen);
    }
  }
  kinds[item.kind]?.update?.(element, item, isLive);
}
