// The page around the chat, when there is one: what it asks for and tells, and what it is told. The
// names are those of the published launcher. Whoever shows the chat may show, hide and restart it;
// what a page says about its visitor, and its events, are heard only from the server's own origin
// and from those that solution.yaml lists, and only these are told what is said.

import {eventOf, mayTell} from './events.js';

/**
 * @typedef {import('./events.js').PageEvent} PageEvent
 * @typedef {import('./session.js').Profile} Profile
 * @typedef {{profile: Profile, kept: {session: import('./session.js').Session} | null}} Greeting
 * @typedef {{
 *   restart: () => void, shown: (isShown: boolean) => void, tell: (event: PageEvent) => void,
 * }} Ears
 */

const kGreetingMs = 1_500;
/** @type {Greeting} */
const kNothing = {profile: {}, kept: null};
const kProfileKeys = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'screen_name',
  'passthrough',
  'user_id',
  'anonymous_id',
  'user_proof',
  'location',
  'referring_site',
  'last_viewed_url',
];

/** @param {any} config */
export function profileFrom(config) {
  /** @type {Profile} */
  const profile = {};
  for (const key of kProfileKeys) {
    const value = config?.[key];
    if (typeof value === 'string' && value) profile[key] = value;
    // Customers give objects where a text is meant.
    else if (value && typeof value === 'object') profile[key] = JSON.stringify(value);
  }
  return profile;
}

export class Host {
  /** The page around a frame, or the one that opened the window. */
  #around;
  #patterns;
  /** The page's origin, when it may hear what is said. @type {string | null} */
  #confidant = null;
  /** @type {((greeting: Greeting) => void)[]} */
  #waiting = [];
  /** @type {Ears | null} */
  #ears = null;
  #isExpected;

  /**
   * @param {string[]} patterns of origins
   * @param {boolean} isExpected whether a window, too, has been opened by such a page
   */
  constructor(patterns, isExpected) {
    this.#patterns = patterns;
    this.#isExpected = isExpected;
    const opener = isExpected ? /** @type {Window | null} */ (window.opener) : null;
    this.#around = window.parent === window ? opener : window.parent;
    window.addEventListener('message', (message) => {
      if (this.#around && message.source === this.#around) this.#hear(message);
    });
  }

  /** Whether the chat stands in a frame. */
  get isFrame() {
    return window.parent !== window;
  }

  /** @param {Ears} ears */
  listen(ears) {
    this.#ears = ears;
  }

  /**
   * What the page knows of its visitor: it says so at once, or not at all.
   * @returns {Promise<Greeting>}
   */
  greeting() {
    if (!this.#around || !this.#isExpected) return Promise.resolve(kNothing);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      window.setTimeout(() => resolve(kNothing), kGreetingMs);
    });
  }

  /**
   * @param {string} type
   * @param {object} [payload] nothing that was said
   */
  post(type, payload = {}) {
    this.#around?.postMessage({type, payload, ...payload}, '*');
  }

  /** Has a page that may hear everything keep the session. @param {object | null} kept */
  keep(kept) {
    if (this.#confidant) this.#around?.postMessage({type: 'millrace:keep', kept}, this.#confidant);
  }

  /** @param {object} message what was said; for a page that may hear it */
  confide(message) {
    if (!this.#confidant) return;
    this.#around?.postMessage({type: 'millrace:message', ...message}, this.#confidant);
  }

  /** @param {MessageEvent} message */
  #hear({origin, data}) {
    switch (data?.type) {
      case 'SHOW_CHAT':
        this.#ears?.shown(true);
        return;
      case 'HIDE_CHAT':
        this.#ears?.shown(false);
        return;
      case 'RESTART_CHAT':
        this.#ears?.restart();
        return;
      default:
        break;
    }
    const isTrusted = mayTell(origin, location.origin, this.#patterns);
    if (data?.type === 'INIT_IFRAME') {
      if (isTrusted) this.#confidant = origin;
      const profile = isTrusted ? profileFrom(data.pypestreamConfig) : {};
      const kept = isTrusted && data.kept?.session?.access_token ? data.kept : null;
      for (const resolve of this.#waiting.splice(0)) resolve({profile, kept});
      return;
    }
    const event = isTrusted ? eventFrom(data) : null;
    if (event) this.#ears?.tell(event);
  }
}

/**
 * Of what the published launcher posts, that which is news to the conversation.
 * @param {any} data
 * @returns {PageEvent | null}
 */
export function eventFrom(data) {
  if (data?.type === 'LOCATION_CHANGE' && typeof data.updatedUrl === 'string') {
    return {name: 'location_change', detail: {url: data.updatedUrl}};
  }
  if (data?.type === 'UPDATE_PYPESTREAM_CONFIG') {
    const profile = profileFrom(data.pypestreamConfig);
    return Object.keys(profile).length > 0 ? {name: 'config_update', detail: profile} : null;
  }
  return eventOf(data);
}
