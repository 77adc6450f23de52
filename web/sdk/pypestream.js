// The published JavaScript SDK over the same core (reference: javascript-sdk.md): the global
// `Pypestream` with its members, window and inline mode, and the widget that starts by itself. It
// behaves as documented, and as pages that already use it expect where nothing is documented.

import {Listening} from './listening.js';
import {ChatFrame} from './frame.js';
import {Inline} from './inline.js';
import {chime, flashTitle, kept} from './parts.js';
import {Widget} from './widget.js';

/** @typedef {Record<string, any>} Config */

const kVisibleKey = 'pypestream-chat-visible';
const kNewMessage = 'New Message';
const kPopup = 'width=500,height=700';

/** What pages register for, and what the chat posts then. */
const kHandlers = {
  onShow: 'CHAT_SHOW',
  onHide: 'CHAT_HIDE',
  onChatEnd: 'CHAT_ENDED',
  onChatRestart: 'CHAT_RESTARTED',
  onSetupComplete: 'SETUP_COMPLETED',
  onFirstMessage: 'FIRST_MESSAGE_RECEIVED',
  onMount: 'APP_MOUNT',
};

class Pypestream {
  #server;
  /** @type {Config} */
  #config = {displayMode: 'window'};
  /** @type {Map<string, (() => void)[]>} by what the chat posts */
  #handlers = new Map();
  /** @type {'window' | 'inline' | 'widget' | null} */
  #mode = null;
  /** @type {ChatFrame | null} */
  #frame = null;
  /** @type {Widget | null} */
  #widget = null;
  /** @type {Window | null} */
  #popup = null;
  /** @type {Inline | null} */
  #inline = null;
  /** What is told before there is a chat. @type {any[]} */
  #early = [];
  #listening = new Listening((message) => {
    if (this.#chat) this.#chat.tell(message);
    else this.#early.push(message);
  });

  /** @param {string} server */
  constructor(server) {
    this.#server = server;
    for (const [name, type] of Object.entries(kHandlers)) {
      /** @type {any} */ (this)[name] = (/** @type {unknown} */ handler) => {
        if (typeof handler !== 'function')
          return console.warn(`Pypestream.${name}() needs a function.`);
        this.#handlers.set(type, [
          ...(this.#handlers.get(type) ?? []),
          /** @type {() => void} */ (handler),
        ]);
        return undefined;
      };
    }
  }

  /** The widget of launcher.js, which draws its own bubble. @param {Config} config */
  start(config) {
    if (this.#widget) return this.#widget.mount();
    this.config(config);
    if (!this.#hasAppId() || this.#mode) return undefined;
    this.#mode = 'widget';
    const {language, play_chime: sound} = this.#config;
    this.#widget = new Widget({...this.#place(), locale: language, sound: sound === true});
    this.#widget.on('open', () => this.#note(true));
    this.#widget.on('close', () => this.#note(false));
    for (const [news, type] of /** @type {const} */ ([
      ['mount', 'APP_MOUNT'],
      ['ready', 'SETUP_COMPLETED'],
      ['first', 'FIRST_MESSAGE_RECEIVED'],
      ['end', 'CHAT_ENDED'],
      ['restart', 'CHAT_RESTARTED'],
    ])) {
      this.#widget.on(news, () => this.#call(type));
    }
    this.#passOnEarly();
    return undefined;
  }

  /** @param {Config} config */
  config(config) {
    this.#config = {...this.#config, ...config};
  }

  /**
   * @param {Config} [config]
   * @param {Element} [target] where the chat stands; without it, it has a window of its own
   * @param {Window} [popup] that launcher.js has opened already
   */
  boot(config, target, popup) {
    this.config(config ?? {});
    if (!this.#hasAppId()) return popup?.close();
    if (this.#mode) return this.#popup ? this.#popup.focus() : this.show();
    this.#log('boot', this.#config);
    if (target) this.#bootInline(target);
    else this.#bootWindow(popup);
    return undefined;
  }

  show() {
    if (!this.#canShow('show')) return;
    if (this.#widget) return this.#widget.open();
    this.#inline?.show(true);
    this.#note(true);
  }

  hide() {
    if (!this.#canShow('hide')) return;
    if (this.#widget) return this.#widget.close();
    this.#inline?.show(false);
    this.#note(false);
  }

  toggle() {
    if (!this.#canShow('toggle')) return;
    if (this.isVisible()) this.hide();
    else this.show();
  }

  isVisible() {
    if (!this.#mode || this.#mode === 'window') return kept.get(kVisibleKey) === 'true';
    return this.#widget?.isOpen ?? this.#inline?.isShown ?? false;
  }

  shutdown() {
    this.#listening.stop();
    if (!this.#inline) this.#frame?.destroy();
    this.#inline?.destroy();
    this.#widget?.destroy();
    this.#frame = this.#inline = this.#widget = this.#popup = this.#mode = null;
    kept.set(kVisibleKey, null);
  }

  restartChat() {
    this.#chat?.post({type: 'RESTART_CHAT'});
  }

  /** @param {Config} config */
  updatePypestreamConfig(config) {
    this.config(config);
    this.#chat?.update(config);
  }

  /**
   * @param {string[] | Record<string, (event: Event) => void>} handles
   * @param {EventTarget | string} [target]
   * @param {any[] | boolean} [buffer]
   */
  registerForEvents(handles, target, buffer) {
    this.#listening.register(handles, target, buffer);
  }

  onWindowVisibilityChange() {
    flashTitle(kNewMessage);
  }

  // ---- how it is shown

  /** @param {Element} target */
  #bootInline(target) {
    this.#mode = 'inline';
    this.#inline = new Inline(target, this.#place(), () => this.hide());
    this.#hear(this.#inline.frame);
    this.#note(true);
  }

  /** @param {Window} [given] */
  #bootWindow(given) {
    const popup = given ?? window.open('', 'pypestream', kPopup);
    if (!popup)
      return console.warn(
        'Pypestream.boot() must come from a press: the browser opened no window.',
      );
    this.#mode = 'window';
    this.#popup = popup;
    this.#hear(new ChatFrame({...this.#place(), popup}));
    return undefined;
  }

  /** @param {ChatFrame} frame */
  #hear(frame) {
    this.#frame = frame;
    this.#passOnEarly();
    for (const type of [
      'APP_MOUNT',
      'SETUP_COMPLETED',
      'FIRST_MESSAGE_RECEIVED',
      'CHAT_ENDED',
      'CHAT_RESTARTED',
    ]) {
      frame.on(type, () => this.#call(type));
    }
    frame.on('MESSAGE_RECEIVED', () => {
      if (this.#config.play_chime && document.visibilityState === 'hidden') chime();
      flashTitle(kNewMessage);
    });
  }

  #passOnEarly() {
    for (const message of this.#early.splice(0)) this.#chat?.tell(message);
  }

  get #chat() {
    return this.#widget ?? this.#frame;
  }

  #place() {
    const {APP_ID: appId, language: locale} = this.#config;
    return {server: this.#server, appId: String(appId), locale, config: this.#config};
  }

  // ---- what is said about it

  #hasAppId() {
    if (typeof this.#config.APP_ID === 'string' && this.#config.APP_ID) return true;
    console.error('You must provide an APP_ID string in the config object.');
    return false;
  }

  /** @param {string} method */
  #canShow(method) {
    if (!this.#mode) console.warn(`You must call Pypestream.boot() before '${method}'.`);
    else if (this.#mode === 'window')
      console.warn(`Cannot ${method} chat in display mode 'window'.`);
    return this.#mode === 'inline' || this.#mode === 'widget';
  }

  /** @param {boolean} isShown */
  #note(isShown) {
    kept.set(kVisibleKey, String(isShown));
    this.#call(isShown ? 'CHAT_SHOW' : 'CHAT_HIDE');
  }

  /** @param {string} type */
  #call(type) {
    this.#log(type);
    for (const handler of this.#handlers.get(type) ?? []) handler();
  }

  /** @param {...any} words */
  #log(...words) {
    if (this.#config.debugMode) console.log('PSDEBUG:', ...words);
  }
}

/**
 * What stands behind the global `Pypestream` of launcher.js.
 * @param {string} files
 */
export function attach(files) {
  return new Pypestream(new URL('../', files).href);
}
