// The bubble at the edge of a page, and the tray with the chat that it opens. The chat's page is
// loaded when it is first opened, or, for somebody who has talked before, when the page is idle.

import {ChatFrame} from './frame.js';
import {adopt, chime, flashTitle, kept, make, sheetOf} from './parts.js';
import {kWidgetCss} from './style.js';
import {wordsOf} from './words.js';

/**
 * @typedef {import('./frame.js').FrameOptions & {
 *   isShadow?: boolean, position?: string, colour?: string, label?: string, sound?: boolean,
 *   isOpen?: boolean, container?: HTMLElement,
 * }} WidgetOptions
 * @typedef {'open' | 'close' | 'unread' | 'message' | 'end' | 'restart' | 'ready' | 'mount'
 *   | 'first'} News
 */

const kSheet = sheetOf(kWidgetCss);
const kEarlyMax = 100;
const kBubble = 'M4 5.500h16v11h-9l-4.500 4v-4H4Z';

export class Widget {
  #options;
  #words;
  /** @type {ChatFrame | null} */
  #frame = null;
  /** @type {Map<News, ((payload: any) => void)[]>} */
  #listeners = new Map();
  #unread = 0;
  /** @type {any[]} */
  #early = [];
  #host = document.createElement('div');
  #button = /** @type {HTMLButtonElement} */ (
    make('button', 'launcher ps-launcher-avatar-wrapper')
  );
  #badge = make('span', 'badge');
  #tray = make('div', 'tray ps-conversation-tray');
  #invitation = make('div', 'invitation');
  isOpen = false;

  /** @param {WidgetOptions} options */
  constructor(options) {
    this.#options = options;
    this.#words = wordsOf(options.locale ?? (document.documentElement.lang || navigator.language));
    this.#draw();
    this.mount();
    if (options.isOpen) this.open();
    else if (kept.get(this.#key)) this.#whenIdle(() => this.#load());
  }

  /** Puts it into the page, again where a page has thrown it out. */
  mount() {
    if (!this.#host.isConnected) (this.#options.container ?? document.body).append(this.#host);
  }

  /**
   * @param {News} news
   * @param {(payload: any) => void} listener
   * @returns {() => void} which stops it
   */
  on(news, listener) {
    const all = this.#listeners.get(news) ?? [];
    this.#listeners.set(news, [...all, listener]);
    return () => {
      const others = this.#listeners.get(news)?.filter((other) => other !== listener);
      this.#listeners.set(news, others ?? []);
    };
  }

  /** To the chat, as soon as it is loaded. @param {any} message */
  tell(message) {
    if (this.#frame) return this.#frame.tell(message);
    this.#early.push(message);
    if (this.#early.length > kEarlyMax) this.#early.shift();
    return undefined;
  }

  /** To a chat that is there. @param {any} message */
  post(message) {
    this.#frame?.post(message);
  }

  /** @param {Record<string, any>} config */
  update(config) {
    if (this.#frame) return this.#frame.update(config);
    this.#options.config = {...this.#options.config, ...config};
    return undefined;
  }

  /** @param {{locale?: string, theme?: string}} how */
  reload(how) {
    Object.assign(this.#options, how);
    this.#frame?.reload(how);
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    kept.set(this.#key, '1');
    const frame = this.#load();
    this.dismiss();
    this.#tray.hidden = false;
    this.#host.classList.add('showing');
    this.#read();
    frame.post({type: 'SHOW_CHAT'});
    frame.iframe.focus();
    this.#tell('open');
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#tray.hidden = true;
    this.#host.classList.remove('showing');
    this.#frame?.post({type: 'HIDE_CHAT'});
    this.#label();
    this.#button.focus({preventScroll: true});
    this.#tell('close');
  }

  /** A word beside the bubble, until it is pressed or sent away. @param {string} text */
  invite(text) {
    if (this.isOpen) return;
    const open = make('button', 'words', text);
    open.addEventListener('click', () => this.open());
    const away = make('button', 'away', '×');
    away.setAttribute('aria-label', this.#words.dismiss);
    away.addEventListener('click', () => this.dismiss());
    this.#invitation.replaceChildren(open, away);
    this.#invitation.hidden = false;
  }

  dismiss() {
    this.#invitation.hidden = true;
    this.#invitation.replaceChildren();
  }

  destroy() {
    this.#frame?.destroy();
    this.#frame = null;
    this.#host.remove();
    this.#listeners.clear();
  }

  get #key() {
    return `millrace-talked:${this.#options.appId}`;
  }

  #draw() {
    const {isShadow, position = 'bottom-right', colour} = this.#options;
    const host = this.#host;
    host.className = 'ps-launcher-wrapper millrace-widget';
    host.dataset.position = position;
    const root = isShadow ? host.attachShadow({mode: 'open'}) : host;
    adopt(root instanceof ShadowRoot ? root : document, kSheet);
    this.#tray.hidden = this.#invitation.hidden = this.#badge.hidden = true;
    this.#tray.setAttribute('role', 'region');
    this.#invitation.setAttribute('role', 'status');
    this.#badge.setAttribute('aria-hidden', 'true');
    this.#button.type = 'button';
    this.#button.append(icon(), this.#badge);
    this.#button.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
    if (colour) this.#paint(colour, '');
    root.append(this.#tray, this.#invitation, this.#button);
    this.#label();
  }

  #load() {
    if (this.#frame) return this.#frame;
    const frame = new ChatFrame(this.#options);
    this.#frame = frame;
    frame
      .on('APP_MOUNT', () => this.#tell('mount'))
      .on('SETUP_COMPLETED', () => this.#tell('ready'))
      .on('FIRST_MESSAGE_RECEIVED', () => this.#tell('first'))
      .on('MESSAGE_RECEIVED', () => this.#heard())
      .on('millrace:message', ({id, from, text, at}) => this.#tell('message', {id, from, text, at}))
      .on('millrace:look', ({accent, ink}) => this.#options.colour || this.#paint(accent, ink))
      .on('CHAT_ENDED', () => this.#tell('end'))
      .on('CHAT_RESTARTED', () => this.#tell('restart'))
      .on('CHAT_HIDE', () => this.close())
      .on('SET_IFRAME_TITLE', ({title}) => this.#tray.setAttribute('aria-label', String(title)));
    this.#tray.append(frame.iframe);
    for (const message of this.#early.splice(0)) frame.tell(message);
    return frame;
  }

  #heard() {
    if (this.isOpen && document.visibilityState === 'visible') return;
    if (this.#options.sound) chime();
    flashTitle(this.#words.fresh);
    if (this.isOpen) return;
    ++this.#unread;
    this.#label();
    this.#tell('unread', this.#unread);
  }

  #read() {
    const had = this.#unread;
    this.#unread = 0;
    this.#label();
    if (had > 0) this.#tell('unread', 0);
  }

  #label() {
    const {open, close, fresh} = this.#words;
    const label = this.isOpen ? close : (this.#options.label ?? open);
    const news = this.#unread > 0 ? `, ${fresh} (${this.#unread})` : '';
    this.#button.setAttribute('aria-label', label + news);
    this.#button.setAttribute('aria-expanded', String(this.isOpen));
    this.#badge.textContent = this.#unread > 9 ? '9+' : String(this.#unread);
    this.#badge.hidden = this.#unread === 0;
  }

  /** @param {string} ground @param {string} ink */
  #paint(ground, ink) {
    if (!CSS.supports('color', ground)) return;
    this.#host.style.setProperty('--ground', ground);
    if (CSS.supports('color', ink)) this.#host.style.setProperty('--ink', ink);
  }

  /** @param {News} news @param {any} [payload] */
  #tell(news, payload) {
    for (const listener of this.#listeners.get(news) ?? []) listener(payload);
  }

  /** @param {() => void} work */
  #whenIdle(work) {
    if (window.requestIdleCallback) window.requestIdleCallback(work, {timeout: 5_000});
    else setTimeout(work, 1_000);
  }
}

function icon() {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', kBubble);
  drawing.append(path);
  return drawing;
}
