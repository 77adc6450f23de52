// The tag's methods: each makes a message of Segment's dialect and queues it before it is sent.

import {kConsent} from './consent.js';
import {addressOf, campaignOf, pageOf} from './context.js';
import {bytesOf, newId, parsed, quietly, warn} from './parts.js';

/**
 * @typedef {ReturnType<typeof tagWith>} Tag
 * @typedef {{at?: number, href?: string, id?: string}} Moment when and where a call was made
 * @typedef {[method: string, args: any[], at?: number, href?: string]} Call as the stub keeps it
 * @typedef {{
 *   kept: import('./kept.js').Kept, consent: import('./consent.js').Consent,
 *   identity: import('./identity.js').Identity, queue: import('./queue.js').Queue,
 *   wake: () => void, forget: () => void,
 * }} World
 */

const kLibrary = {name: 'millrace-tag', version: '0.1.0'};
/** What Segment's servers take of one event. */
const kMessageBytesMax = 32_768;
const kIdMax = 256;

/** @param {World} world */
export function tagWith({kept, consent, identity, queue, wake, forget}) {
  /** @type {Map<string, Set<(news: any) => void>>} */
  const listeners = new Map();
  /** Of a call that is done only now. @type {Moment} */
  let moment = {};
  let {referrer} = document;
  /** The address of the page view that was told last. */
  let seen = '';

  /** @param {string} event @param {any} news */
  const emit = (event, news) => {
    for (const listener of listeners.get(event) ?? []) quietly(listener)(news);
  };
  const consentNow = () => consent.preferences && {categoryPreferences: consent.preferences};
  const hrefNow = () => moment.href ?? location.href;

  /** @param {Record<string, unknown>} fields */
  const put = (fields) => {
    if (consent.isGiven() === false) return;
    const href = hrefNow();
    const at = moment.at ?? Date.now();
    const session = identity.session(at, campaignOf(href));
    const message = {
      messageId: moment.id ?? newId(),
      anonymousId: identity.anonymousId(),
      userId: identity.userId(),
      ...fields,
      timestamp: new Date(at),
      context: {
        page: pageOf(href, referrer, session.referrer),
        campaign: session.campaign,
        locale: navigator.language,
        userAgent: navigator.userAgent,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        library: kLibrary,
        consent: consentNow(),
        sessionId: session.id,
      },
    };
    const text = JSON.stringify(message);
    if (bytesOf(text) > kMessageBytesMax) {
      queue.drop(1);
      warn('an event is too large, and lost', fields);
      return;
    }
    queue.add(text);
    wake();
    emit('event', message);
  };

  /** What the visitor allows has changed, or is known for the first time. */
  const apply = () => {
    const isGiven = consent.isGiven();
    if (isGiven) {
      // Some were made before there was an answer.
      for (const key of kept.isHeld ? queue.list(true) : []) {
        const message = parsed(kept.get(key));
        message.context.consent = consentNow();
        kept.set(key, JSON.stringify(message));
      }
      kept.release();
      consent.store();
      identity.anonymousId();
      wake();
      return;
    }
    if (isGiven === false) {
      kept.isHeld = false;
      forget();
      kept.isHeld = consent.isRequired;
      // That they refused is itself only kept where they are not asked on every page.
      consent.store();
    }
    kept.isHeld = true;
  };

  /** @type {Record<string, (...args: any[]) => any>} */
  const methods = {
    identify(userId, traits = {}) {
      if (userId && typeof userId === 'object') return put({type: 'identify', traits: userId});
      const id = userId ? '' + userId : '';
      // It would go with each event from now on.
      if (id.length > kIdMax) return warn('an id is too long');
      if (id && consent.isGiven() !== false) identity.setUserId(id);
      return put({type: 'identify', traits});
    },

    track(name, properties = {}) {
      put({type: 'track', event: '' + name, properties});
    },

    page(name, properties = {}) {
      if (name && typeof name === 'object') return methods.page(undefined, name);
      const address = addressOf(hrefNow());
      if (seen && address !== seen) referrer = seen;
      seen = address;
      put({type: 'page', name, properties});
      return emit('page', address);
    },

    group(groupId, traits = {}) {
      put({type: 'group', groupId: '' + groupId, traits});
    },

    alias(userId) {
      const previousId = identity.userId() ?? identity.anonymousId();
      put({type: 'alias', previousId, userId: '' + userId});
    },

    reset: identity.forget,

    consent(preferences) {
      const {preferences: before} = consent;
      const said = Object.entries(preferences).filter(([, is]) => typeof is === 'boolean');
      if (!said[0]) return;
      consent.preferences = {...before, ...Object.fromEntries(said)};
      const isNews = JSON.stringify(before) !== JSON.stringify(consent.preferences);
      const wasHeld = kept.isHeld;
      apply();
      // Servers learn of it without waiting for another event.
      if (before && isNews && !wasHeld) methods.identify();
    },

    on(event, listener) {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(listener));
      return () => all.delete(listener);
    },

    ready: (listener) => listener(/** @type {any} */ (window).millraceTag),

    anonymousId: () => (consent.isGiven() ? identity.anonymousId() : null),
  };
  apply();
  /** @param {Call} call @param {string} [id] */
  const run = ([method, args, at, href], id) => {
    moment = {at, href, id};
    methods[method](...args);
  };

  return {
    methods,
    emit,

    /** @param {Call} call @param {string} [id] of the message that it makes */
    call(call, id) {
      quietly(run)(call, id);
      moment = {};
    },

    /** A page view, where the address is another one than the last time. */
    look() {
      if (addressOf(location.href) !== seen) methods.page();
    },

    /** The page is new, or back as it was left. */
    renew() {
      seen = '';
      ({referrer} = document);
    },

    /** In another tab. @param {string | null} key */
    changed(key) {
      if (key && key !== kConsent) return;
      consent.read();
      apply();
    },
  };
}
