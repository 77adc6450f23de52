// What the page itself says, in the languages it knows. What the bot says comes from the server.
// A language is one file of words/, and only the one that is spoken is loaded.

import {baseOf} from './page.js';
import {words as english} from './words/en.js';

/**
 * @typedef {{
 *   message: string, placeholder: string, chooseAbove: string, send: string, you: string,
 *   restart: string, restartSure: string, connecting: string, online: string,
 *   reconnecting: string, offline: string, ended: string, closed: string, unavailable: string,
 *   sending: string, delivered: string, failed: string, resend: string, today: string,
 *   yesterday: string, working: string, download: string, search: string, noneFound: string,
 *   chosen: string, previous: string, next: string, cards: string, chooseDay: string,
 *   chooseTime: string, chooseNumber: string, month: string, year: string, hour: string,
 *   minute: string, stars: string, open: string, close: string, newTab: string, noFiles: string,
 *   chooseFile: string, dropFile: string, fileSending: string, fileTooLarge: string,
 *   fileRefused: string, fileFailed: string,
 *   secret: string, reveal: string, joined: string, joinedNobody: string, left: string,
 *   waiting: string, hide: string, more: string,
 * }} Words
 */

const kLanguages = ['ar', 'de', 'es', 'fr', 'he', 'pt'];

/**
 * English where the language is none of ours, or cannot be had.
 * @param {string} locale
 * @returns {Promise<Words>}
 */
export async function wordsOf(locale) {
  const language = baseOf(locale);
  if (!kLanguages.includes(language)) return english;
  return import(`./words/${language}.js`).then(
    (file) => file.words,
    () => english,
  );
}

/**
 * A phrase with its places filled.
 * @param {string} phrase "{count} of {all} stars"
 * @param {Record<string, string | number>} values
 */
export function filled(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
