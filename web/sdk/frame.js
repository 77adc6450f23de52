// One chat page in a frame, or in a window of its own, and the talk between it and this page. It
// knows nothing of bubbles and of anybody's API.

import {kept} from './parts.js';

/**
 * @typedef {{
 *   server: string, appId: string, locale?: string, theme?: string, config?: Record<string, any>,
 *   popup?: Window | null,
 * }} FrameOptions `server` ends with a slash; `config` is what the page knows of its visitor
 */

const kResizeMs = 150;
const kUntoldMax = 100;

export class ChatFrame {
  #options;
  #origin;
  /** @type {Map<string, ((payload: any) => void)[]>} */
  #listeners = new Map();
  /** @type {any[]} */
  #waiting = [];
  /** What is posted before there is a page to take it. @type {any[]} */
  #early = [];
  #isMounted = false;
  #isSetUp = false;
  #stop = new AbortController();
  #seenUrl = location.href;
  /** @type {number | undefined} */
  #resizeTimer;
  /** @type {MutationObserver | null} */
  #observer = null;

  /** @param {FrameOptions} options */
  constructor(options) {
    this.#options = options;
    this.#origin = new URL(options.server).origin;
    this.iframe = document.createElement('iframe');
    this.iframe.title = 'Conversation Interface';
    if (options.popup) options.popup.location.replace(this.#address());
    else this.iframe.src = this.#address();
    this.#listen();
  }

  /**
   * @param {string} type of what the chat posts
   * @param {(payload: any) => void} listener
   */
  on(type, listener) {
    const all = this.#listeners.get(type) ?? [];
    this.#listeners.set(type, [...all, listener]);
    return this;
  }

  /** @param {any} message */
  post(message) {
    if (this.#isMounted) this.#window?.postMessage(message, this.#origin);
    else this.#early.push(message);
  }

  /** An event, which waits until the conversation can take it. @param {any} message */
  tell(message) {
    if (this.#isSetUp) return this.post(message);
    this.#waiting.push(message);
    if (this.#waiting.length > kUntoldMax) this.#waiting.shift();
    return undefined;
  }

  /** What the page knows of its visitor has changed. @param {Record<string, any>} config */
  update(config) {
    this.#options.config = {...this.#options.config, ...config};
    this.tell({type: 'UPDATE_PYPESTREAM_CONFIG', pypestreamConfig: config});
  }

  /**
   * Shows the page in another language or another light.
   * @param {{locale?: string, theme?: string}} how
   */
  reload(how) {
    Object.assign(this.#options, how);
    this.#isMounted = this.#isSetUp = false;
    this.iframe.src = this.#address();
  }

  destroy() {
    this.post({type: 'SHUT_DOWN'});
    this.#stop.abort();
    this.#observer?.disconnect();
    window.clearTimeout(this.#resizeTimer);
    this.iframe.remove();
    this.#options.popup?.close();
  }

  get #window() {
    return this.#options.popup ?? this.iframe.contentWindow;
  }

  #address() {
    const {server, appId, locale, theme} = this.#options;
    const address = new URL(`chat/${encodeURIComponent(appId)}`, server);
    address.searchParams.set('host', '1');
    if (locale) address.searchParams.set('locale', locale);
    if (theme) address.searchParams.set('theme', theme);
    return address.href;
  }

  #listen() {
    const {signal} = this.#stop;
    window.addEventListener(
      'message',
      ({source, origin, data}) => {
        if (source === this.#window && origin === this.#origin) this.#hear(data);
      },
      {signal},
    );
    window.addEventListener(
      'resize',
      () => {
        window.clearTimeout(this.#resizeTimer);
        const tell = () => this.post({type: 'WINDOW_RESIZE', viewport: viewport()});
        this.#resizeTimer = window.setTimeout(tell, kResizeMs);
      },
      {signal},
    );
    // A page that changes its address without loading tells nobody; but it draws something else.
    const look = () => {
      if (location.href === this.#seenUrl) return;
      this.#seenUrl = location.href;
      this.tell({type: 'LOCATION_CHANGE', updatedUrl: location.href});
    };
    for (const name of ['hashchange', 'popstate']) window.addEventListener(name, look, {signal});
    this.#observer = new MutationObserver(look);
    this.#observer.observe(document, {childList: true, subtree: true});
  }

  /** @param {any} data */
  #hear(data) {
    if (typeof data?.type !== 'string') return;
    if (data.type === 'APP_MOUNT') this.#greet();
    if (data.type === 'millrace:keep')
      kept.set(this.#keptKey, data.kept && JSON.stringify(data.kept));
    if (data.type === 'SET_IFRAME_TITLE' && data.title) this.iframe.title = String(data.title);
    if (data.type === 'SETUP_COMPLETED') {
      this.#isSetUp = true;
      for (const message of this.#waiting.splice(0)) this.post(message);
    }
    for (const listener of this.#listeners.get(data.type) ?? []) listener(data);
  }

  // For a chat whose own storage the browser blocks, as it does in frames of other sites.
  get #keptKey() {
    return `millrace-kept:${this.#options.appId}`;
  }

  #greet() {
    const {config} = this.#options;
    this.#isMounted = true;
    this.#isSetUp = false;
    this.post({
      type: 'INIT_IFRAME',
      pypestreamConfig: {
        referring_site: document.referrer || location.href,
        last_viewed_url: location.href,
        // By which the page tag knows the visitor, if there is one: web/tag/identity.js.
        anonymous_id: kept.get('millrace-anonymous-id'),
        ...config,
      },
      viewport: viewport(),
      kept: parsed(kept.get(this.#keptKey)),
    });
    for (const message of this.#early.splice(0)) this.post(message);
  }
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function viewport() {
  return {width: window.innerWidth, height: window.innerHeight};
}
