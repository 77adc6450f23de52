// What a page does that nobody had to write a call for: addresses that change without loading, how
// far and how long it was read, and events that its HTML declares.

import {quietly} from './parts.js';

/** @typedef {(name: string, properties: Record<string, unknown>) => void} Track */

const kSecret = /^cc-|password|one-time-code/;
const kScrollMarks = [25, 50, 75, 100];
const kDwellMarks = [10, 30, 60];

/**
 * Once for what a router does in one go, when it has also named the page.
 * @param {() => void} look
 */
export function watchAddress(look) {
  const soon = () => void setTimeout(look);
  for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      soon();
    };
  }
  addEventListener('popstate', soon);
  addEventListener('hashchange', soon);
}

/**
 * Marks as an option gives them: a list, a text of one, or `true` for the usual ones.
 * @param {unknown} given
 * @param {number[]} usual
 */
export function marksOf(given, usual) {
  return given === true ? usual : ('' + (given ?? '')).split(',').map(Number).filter(Boolean);
}

/**
 * Each mark once for each page view.
 * @param {{scroll?: unknown, dwell?: unknown}} options
 * @param {Track} track
 * @returns {() => void} to be called when another page is seen
 */
export function watchAttention({scroll, dwell}, track) {
  const depths = marksOf(scroll, kScrollMarks);
  const times = marksOf(dwell, kDwellMarks);
  let [deepest, seconds] = [0, 0];
  const look = () => {
    const all = document.documentElement.scrollHeight;
    const reached = Math.ceil(((scrollY + innerHeight) / all) * 100);
    for (const percent of depths) {
      if (percent > deepest && percent <= reached) track('Scroll Depth', {percent});
    }
    deepest = Math.max(deepest, reached);
  };
  if (depths[0]) document.addEventListener('scroll', look, {passive: true});
  const tick = () => {
    if (!document.hidden && times.includes(++seconds)) track('Dwell Time', {seconds});
  };
  if (times[0]) setInterval(tick, 1_000);
  return () => {
    deepest = seconds = 0;
  };
}

/**
 * `data-mr-prop-order-id="7"` is the property order_id, the number 7.
 * @param {Iterable<{name: string, value: string}>} attributes
 */
export function propertiesOf(attributes) {
  /** @type {Record<string, unknown>} */
  const properties = {};
  for (const {name, value} of attributes) {
    const key = /^data-mr-prop-(.+)/.exec(name)?.[1].replace(/-/g, '_');
    const is = /^(true|false|-?(0|[1-9]\d{0,14})(\.\d+)?)$/.test(value);
    if (key) properties[key] = is ? JSON.parse(value) : value;
  }
  return properties;
}

/**
 * The fields of a form that its data-mr-fields names; never one that holds a secret.
 * @param {HTMLFormElement} form
 */
function fieldsOf(form) {
  /** @type {Record<string, unknown>} */
  const fields = {};
  for (const name of (form.dataset.mrFields ?? '').split(/[\s,]+/)) {
    const field = /** @type {any} */ (name && form.elements.namedItem(name));
    if (!field || /^(password|file)$/.test(field.type) || kSecret.test(field.autocomplete))
      continue;
    fields[name] = field.type === 'checkbox' ? field.checked : field.value;
  }
  return fields;
}

/** @param {Track} track */
export function watchDeclared(track) {
  const listen = (/** @type {string} */ type) =>
    document.addEventListener(
      type,
      quietly((event) => {
        const one = /** @type {any} */ (event.composedPath()).find(
          (/** @type {any} */ element) => element.dataset?.mrEvent,
        );
        const isForm = one instanceof HTMLFormElement;
        if (!one || isForm !== (type === 'submit')) return;
        const fields = isForm ? fieldsOf(one) : {};
        track(one.dataset.mrEvent, {...propertiesOf(one.attributes), ...fields});
      }),
      true,
    );
  listen('click');
  listen('submit');
}
