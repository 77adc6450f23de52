// What the bot shows beside its words, by kind. `render` makes the element once; `update` brings it
// to the state of the conversation as often as that changes. Each kind is known by the name that
// the server has for it (src/dialog/state/names.hpp), and those without one by what is asked for.
// Buttons are there at once; of the others each is loaded when a conversation first has it, and
// what is left when the browser has nothing to do, so that no loss of the network finds one
// missing.

import {make} from '../dom.js';
import {buttons} from './buttons.js';

/**
 * @typedef {import('../items.js').Item} Item
 * @typedef {{
 *   words: import('../words.js').Words, locale: string,
 *   say: (text: string) => void, tell: (event: import('../events.js').PageEvent) => void,
 *   send: (file: File, progress: (part: number) => void) =>
 *     Promise<{url: string} | {why: import('../files.js').Why}>,
 *   uploads: import('../page.js').Uploads, again: () => void,
 * }} Tools `say` answers; `tell` tells the server what a page did; `send` sends a file; `again`
 *   shows the conversation once more.
 * @typedef {{
 *   render: (item: Item, tools: Tools) => HTMLElement,
 *   update?: (element: HTMLElement, item: Item, isLive: boolean) => void,
 * }} Kind
 */

/** The kinds that are loaded. @type {Map<string, Kind>} */
const kinds = new Map([
  ['buttons', buttons],
  ['quick_reply', buttons],
  ['yes_no', buttons],
]);

/** The file of each other one. @type {Record<string, string>} */
const kFiles = {
  imagebutton: 'imagebutton',
  listpicker: 'list',
  selection: 'list',
  carousel: 'carousel',
  webview: 'webview',
  file_upload: 'upload',
  datepicker: 'day',
  timepicker: 'time',
  range: 'range',
  star_rating: 'stars',
};

/** @type {Map<string, Promise<boolean>>} */
const loading = new Map();
let failures = 0;

/**
 * Whether it is there now. What could not be loaded may be asked for again.
 * @param {string} name of a kind
 */
function load(name) {
  const found = loading.get(name);
  if (found) return found;
  // A browser may remember that an address failed, and then never asks for it again.
  const address = `./${kFiles[name]}.js${failures > 0 ? `?${failures}` : ''}`;
  const isLoaded = import(address).then(
    (file) => {
      kinds.set(name, file.kind);
      return true;
    },
    () => {
      ++failures;
      loading.delete(name);
      return false;
    },
  );
  loading.set(name, isLoaded);
  return isLoaded;
}

/** Fetches what no conversation has asked for yet. */
export function loadTheRest() {
  for (const name of Object.keys(kFiles)) load(name);
}

/**
 * The element of an item, or the place of one whose kind is still to come; null where nothing
 * stands beside the words.
 * @param {Item} item
 * @param {Tools} tools
 */
export function assetOf(item, tools) {
  const kind = kinds.get(item.kind);
  if (kind) return kind.render(item, tools);
  if (!Object.hasOwn(kFiles, item.kind)) return null;
  const place = make('div', 'asset');
  place.dataset.coming = '';
  return place;
}

/**
 * What can no longer be answered with is switched off; what was answered with stays marked.
 * @param {HTMLElement} element
 * @param {Item} item
 * @param {boolean} isLive
 * @param {Tools} tools
 */
export function updateAsset(element, item, isLive, tools) {
  if (element.dataset.coming === '') {
    const kind = kinds.get(item.kind);
    if (!kind) return void load(item.kind).then((isLoaded) => isLoaded && tools.again());
    const made = kind.render(item, tools);
    element.replaceWith(made);
    element = made;
  }
  for (const control of element.querySelectorAll('button, input, select')) {
    if (control.classList.contains('free')) continue;
    /** @type {HTMLButtonElement} */ (control).disabled = !isLive;
    if (control instanceof HTMLButtonElement && control.dataset.choice !== undefined) {
      control.classList.toggle('chosen', !item.isOpen && control.value === item.chosen);
    }
  }
  kinds.get(item.kind)?.update?.(element, item, isLive);
}
