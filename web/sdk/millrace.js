// Millrace's own API for pages: a chat that a bubble opens, or that stands in an element of the
// page. Several may stand on one page. Types: millrace.d.ts; how to use it: docs/embedding.md.

import {ChatFrame} from './frame.js';
import {kept} from './parts.js';
import {Widget} from './widget.js';

/** @typedef {import('./millrace.d.ts').ChatOptions} ChatOptions */

/** Where this file comes from, the server is, unless it was copied into a site's own files. */
const kServer = new URL('../', import.meta.url).href;

export class Chat {
  #widget;
  /** @type {ChatFrame | null} */
  #inline = null;
  /** @type {Map<string, Set<(payload: any) => void>>} */
  #listeners = new Map();
  /** @type {number | undefined} */
  #invitationTimer;

  /** @param {ChatOptions} options */
  constructor(options) {
    const {appId, server = kServer, locale, theme, target, invitation} = options;
    if (!appId) throw new TypeError('a chat needs the appId of its solution');
    const address = server.endsWith('/') ? server : `${server}/`;
    const config = configOf(options);
    this.#widget = null;
    if (target) {
      this.#inline = new ChatFrame({server: address, appId, locale, theme, config});
      this.#inline.iframe.style.cssText = 'display:block;width:100%;height:100%;border:0';
      this.#passOn(this.#inline);
      target.append(this.#inline.iframe);
      return;
    }
    const {position, colour, label, sound, open: isOpen, container} = options;
    this.#widget = new Widget({
      server: address,
      appId,
      locale,
      theme,
      config,
      position,
      colour,
      label,
      sound,
      isOpen,
      container,
      isShadow: true,
    });
    for (const name of /** @type {const} */ ([
      'open',
      'close',
      'unread',
      'message',
      'end',
      'restart',
      'ready',
    ])) {
      this.#widget.on(name, (payload) => this.#emit(name, payload));
    }
    if (invitation) this.#inviteLater(appId, invitation);
  }

  get isOpen() {
    return this.#widget?.isOpen ?? true;
  }

  open() {
    this.#widget?.open();
  }

  close() {
    this.#widget?.close();
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** Ends the conversation and begins another one. */
  restart() {
    this.#frame.post({type: 'RESTART_CHAT'});
  }

  /** @param {import('./millrace.d.ts').Visitor} visitor */
  identify(visitor) {
    this.#frame.update(configOf({visitor}));
    this.track('identify', visitor);
  }

  /** @param {Record<string, unknown>} context */
  setContext(context) {
    this.track('context', context);
  }

  /** @param {string} locale */
  setLocale(locale) {
    this.#frame.reload({locale});
  }

  /** @param {'light' | 'dark' | 'auto'} theme */
  setTheme(theme) {
    this.#frame.reload({theme});
  }

  /**
   * @param {string} name
   * @param {object} [detail]
   */
  track(name, detail = {}) {
    this.#frame.tell({type: 'millrace:event', name, detail});
  }

  /** @param {string} text */
  invite(text) {
    this.#widget?.invite(text);
  }

  /**
   * @param {string} event
   * @param {(payload: any) => void} listener
   * @returns {() => void} which stops it
   */
  on(event, listener) {
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all.add(listener));
    return () => void all.delete(listener);
  }

  /** Takes it out of the page; the conversation can be gone on with later. */
  destroy() {
    window.clearTimeout(this.#invitationTimer);
    this.#inline?.destroy();
    this.#widget?.destroy();
    this.#listeners.clear();
  }

  /** Into the page again, where the page has thrown it out. */
  mount() {
    this.#widget?.mount();
  }

  get #frame() {
    return /** @type {ChatFrame | Widget} */ (this.#inline ?? this.#widget);
  }

  /** @param {ChatFrame} frame */
  #passOn(frame) {
    frame
      .on('SETUP_COMPLETED', () => this.#emit('ready'))
      .on('millrace:message', ({id, from, text, at}) => this.#emit('message', {id, from, text, at}))
      .on('CHAT_ENDED', () => this.#emit('end'))
      .on('CHAT_RESTARTED', () => this.#emit('restart'));
  }

  /**
   * @param {string} event
   * @param {any} [payload]
   */
  #emit(event, payload) {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload);
  }

  // Once for each visitor: an invitation that comes back on every page is a nuisance.
  /**
   * @param {string} appId
   * @param {{text: string, after?: number}} invitation
   */
  #inviteLater(appId, {text, after = 5}) {
    const key = `millrace-invited:${appId}`;
    if (kept.get(key)) return;
    this.#invitationTimer = window.setTimeout(() => {
      kept.set(key, '1');
      this.invite(text);
    }, after * 1_000);
  }
}

/** @param {ChatOptions} options */
export function createChat(options) {
  return new Chat(options);
}

/**
 * What the session request has fields for, and the rest as its passthrough.
 * @param {Pick<ChatOptions, 'visitor' | 'context'>} known
 */
function configOf({visitor = {}, context}) {
  const {firstName, lastName, email, phone, proof, ...rest} = /** @type {Record<string, any>} */ (
    visitor
  );
  const more = {...(Object.keys(rest).length > 0 && {visitor: rest}), ...(context && {context})};
  const named = {
    first_name: firstName,
    last_name: lastName,
    email,
    phone,
    user_id: rest.id,
    user_proof: proof,
  };
  const config = Object.fromEntries(Object.entries(named).filter(([, value]) => value));
  return Object.keys(more).length > 0 ? {...config, passthrough: JSON.stringify(more)} : config;
}

/**
 * Stands behind the global `Millrace` of launcher.js.
 * @param {string} files
 */
export function attach(files) {
  /** @type {Chat | null} */
  let chat = null;
  const needed = () => {
    if (!chat) throw new Error('Millrace has not begun: give the script its data-app');
    return chat;
  };
  /** @type {Record<string, (...args: any[]) => any>} */
  const methods = {
    start({app, ...more}) {
      const {open, sound, ...options} = more;
      if (chat) chat.mount();
      else
        chat = new Chat({
          server: new URL('../', files).href,
          ...options,
          appId: app,
          open: open !== undefined,
          sound: sound !== undefined,
        });
    },
    destroy() {
      chat?.destroy();
      chat = null;
    },
  };
  for (const name of [
    'open',
    'close',
    'toggle',
    'restart',
    'identify',
    'setContext',
    'setLocale',
    'setTheme',
    'track',
    'invite',
    'on',
  ]) {
    methods[name] = (...args) => /** @type {any} */ (needed())[name](...args);
  }
  return methods;
}
