// Puts the tag together on a page: its options, what was asked of it before it came, and what the
// browser says of the page. All modules are served as one script, millrace-tag.js.

import {consentIn, kConsent} from './consent.js';
import {identityIn} from './identity.js';
import {keptIn} from './kept.js';
import {lockIn} from './lock.js';
import {newId, parsed, quietly, warn} from './parts.js';
import {queueIn} from './queue.js';
import {senderTo} from './sender.js';
import {tagWith} from './tag.js';
import {watchAddress, watchAttention, watchDeclared} from './watching.js';

/**
 * @typedef {{
 *   writeKey: string, endpoint: string, consent?: unknown, purpose?: string, gpc?: unknown,
 *   cookie?: unknown, pages?: unknown, scroll?: unknown, dwell?: unknown,
 *   maxEvents?: number, maxCharacters?: number, answerMs?: number,
 * }} Options
 */

const kEarly = 'millrace-early';
const kLockMs = 5_000;
/** After which what another tab has queued is sent, should it have closed. */
const kSweepMs = 3_000;

/** @param {any} facade the global @param {Options} options */
function begin(facade, options) {
  const {writeKey, endpoint, maxEvents = 2_500, maxCharacters = 2_000_000} = options;
  const answerMs = +(options.answerMs ?? 15_000);
  const kept = keptIn(() => localStorage);
  const prefix = 'millrace-tag:' + writeKey + ':';
  const pageId = Date.now().toString(36) + newId().slice(0, 8);
  const consent = consentIn(kept, options);
  const identity = identityIn(kept, options.cookie);
  const queue = queueIn(kept, prefix, pageId, +maxEvents, +maxCharacters);
  const lock = lockIn(kept, prefix + 'lock', pageId, answerMs + kLockMs);
  const sender = senderTo(endpoint.replace(/\/*$/, '/v1/b'), {
    kept,
    queue,
    lock,
    waitKey: prefix + 'wait',
    writeKey,
    answerMs,
    sent: (status, count) => tag.emit('sent', {status, count}),
  });
  const forget = () => {
    identity.forget();
    for (const start of [prefix, kEarly, kConsent]) kept.keys(start).forEach(kept.remove);
  };
  const tag = tagWith({kept, consent, identity, queue, wake: sender.wake, forget});

  // What a page left that was gone before the tag had come.
  for (const key of consent.isGiven() ? kept.keys(kEarly) : []) {
    const calls = parsed(kept.get(key)) ?? [];
    kept.remove(key);
    calls.forEach((/** @type {any} */ call, /** @type {number} */ at) =>
      tag.call(call, key + '-' + at),
    );
  }
  tag.renew();
  const {q: early} = facade;
  for (const name in tag.methods) facade[name] = quietly(tag.methods[name]);
  facade.q = {push: tag.call};
  early.forEach((/** @type {any} */ call) => tag.call(call));

  const {track} = facade;
  facade.on('page', watchAttention(options, track));
  watchDeclared(track);
  const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener) =>
    addEventListener(name, quietly(listener));
  const look = () => {
    if (options.pages !== false) tag.look();
  };
  look();
  watchAddress(quietly(look));
  on('pagehide', () => {
    look();
    sender.hide();
    lock.release();
  });
  on('pageshow', ({persisted}) => {
    if (!persisted) return;
    tag.renew();
    look();
    sender.wake();
  });
  on('online', sender.online);
  on('storage', ({key}) => {
    tag.changed(key);
    if (key?.startsWith(prefix)) sender.wake(kSweepMs);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) sender.hide();
    else sender.wake();
  });
}

quietly(() => {
  const {currentScript} = /** @type {any} */ (document);
  const page = /** @type {any} */ (window);
  const facade = (page.millraceTag ??= {q: []});
  if (facade.isHere) return;
  facade.isHere = true;
  /** @type {any} */
  const options = {endpoint: new URL('../', currentScript.src).href, ...facade.o};
  /** @type {Record<string, boolean>} */
  const words = {'': true, true: true, false: false, off: false};
  for (const [key, text] of Object.entries(currentScript.dataset)) {
    options[key] = words[/** @type {string} */ (text)] ?? text;
  }
  if (!options.writeKey) return warn('there is no write key');
  const go = quietly(() => begin(facade, options));
  // What a browser loads because it may be wanted is not yet seen.
  if (!(/** @type {any} */ (document).prerendering)) return go();
  return document.addEventListener('prerenderingchange', go, {once: true});
})();
