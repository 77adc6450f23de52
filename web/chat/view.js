// The page's face: shows a model of the conversation, and turns what the consumer does into calls.
// It decides nothing about the conversation; it looks after words, focus and the two ways to start
// over.

import {get, makeIcon, makeImage} from './dom.js';
import {save, transcriptOf} from './export.js';
import {makeIntro} from './face.js';
import {helpFor, itemsOf} from './items.js';
import {MessageList} from './messages.js';
import {imageAddress} from './page.js';
import {Typing} from './typing.js';

/**
 * @typedef {import('./conversation.js').Model} Model
 * @typedef {{
 *   say: (text: string, isSecret: boolean) => void, sayAgain: (id: string) => void,
 *   tell: (event: import('./events.js').PageEvent) => void, more: () => void,
 *   type: (isTyping: boolean) => void,
 *   startOver: () => void, hide: () => void, send: import('./assets/kinds.js').Tools['send'],
 * }} Deeds
 * @typedef {{
 *   facts: import('./page.js').Facts, locale: string, words: import('./words.js').Words,
 *   isFramed: boolean,
 * }} Setting
 */

const kIcons = {
  restart: 'M5 12a7 7 0 1 0 2.2-5.1M5 4v4.2h4.2',
  hide: 'm6 9.5 6 6 6-6',
  reveal: 'M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12Zm9.5-2.8v5.6',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
};
const kSureMs = 5_000;
const kReconnectingAfterMs = 600;
const kOfflineAfterMs = 3_000;

export class View {
  #setting;
  #words;
  #deeds;
  #list;
  #status = get('status', HTMLElement);
  #restart = get('restart', HTMLButtonElement);
  #over = get('over', HTMLElement);
  #overText = get('over-text', HTMLElement);
  #again = get('again', HTMLButtonElement);
  #form = get('composer', HTMLFormElement);
  #input = get('message', HTMLTextAreaElement);
  #reveal = get('reveal', HTMLButtonElement);
  #send = get('send', HTMLButtonElement);
  #offline = get('offline', HTMLElement);
  /** @type {number | undefined} */ #statusTimer;
  /** @type {number | undefined} */ #sureTimer;
  /** @type {number | undefined} */ #offlineTimer;
  #typing;
  #hasTalk = false;
  /** @type {Model | null} */ #model = null;
  /** @type {import('./items.js').Item[]} */ #items = [];
  #isSecret = false;

  /**
   * @param {Setting} setting
   * @param {Deeds} deeds
   */
  constructor(setting, deeds) {
    const {facts, locale, words} = setting;
    this.#setting = setting;
    this.#words = words;
    this.#deeds = deeds;
    this.#typing = new Typing(deeds.type);
    this.#list = new MessageList(
      get('log', HTMLElement),
      {
        ...deeds,
        words,
        locale,
        name: facts.title,
        avatar: facts.avatar,
        uploads: facts.uploads,
        say: (text) => deeds.say(text, false),
        again: () => this.again(),
      },
      makeIntro(facts),
    );
    this.#write();
    this.#listen();
    // Inside another page the focus is that page's until the consumer comes here.
    if (!setting.isFramed) this.#focusInput();
  }

  /** @param {Model} model */
  show(model) {
    this.#model = model;
    const items = itemsOf(model);
    const isOver = model.status === 'ended' || model.status === 'unavailable';
    const mayMoveFocus = this.#hasFocusToKeep();
    this.#items = items;
    this.#hasTalk = !isOver && items.some((item) => item.side === 'consumer');

    this.#showStatus(model);
    this.#help(items, isOver);
    this.#form.hidden = isOver;
    this.#restart.hidden = isOver;
    this.#over.hidden = !isOver;
    get('download', HTMLElement).hidden = items.length === 0;
    const {ended, unavailable} = this.#words;
    if (isOver) this.#overText.textContent = model.status === 'ended' ? ended : unavailable;
    const {typing: isTyping, hasMore, notices} = model;
    this.#list.show(items, {isOver, isTyping, hasMore, notices});
    if (mayMoveFocus) this.#keepFocus(isOver);
  }

  /** Shows the same once more: something that it needs has come, or may come now. */
  again() {
    if (this.#model) this.show(this.#model);
  }

  /** Forgets all that is shown. */
  clear() {
    this.#model = null;
    this.#list.clear();
    this.#unsure();
  }

  /**
   * Puts a text into the input unless something is there.
   * @param {string} text
   */
  offer(text) {
    if (this.#input.value) return;
    this.#input.value = text;
    this.#updateSend();
  }

  // ---- what the consumer does

  #write() {
    const {facts} = this.#setting;
    const words = this.#words;
    get('message-label', HTMLElement).textContent = words.message;
    for (const [id, path] of Object.entries(kIcons)) get(id, HTMLElement).prepend(makeIcon(path));
    this.#send.setAttribute('aria-label', words.send);
    this.#offline.textContent = words.offline;
    get('download', HTMLElement).textContent = words.download;
    get('hide', HTMLElement).setAttribute('aria-label', words.hide);
    this.#reveal.setAttribute('aria-label', words.reveal);
    this.#again.textContent = words.restart;
    this.#restart.title = words.restart;
    const logo = imageAddress(facts.logo);
    if (logo) get('logo', HTMLElement).replaceChildren(makeImage(logo, ''));
    this.#unsure();
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener('keydown', (event) => {
      // Enter while a character is being composed belongs to the input method.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener('input', () => this.#updateSend());
    this.#input.addEventListener('input', () => this.#typing.changed(this.#input.value !== ''));
    this.#reveal.addEventListener('click', () => {
      this.#mask(!this.#input.classList.contains('masked'));
      this.#focusInput();
    });
    this.#again.addEventListener('click', () => this.#startOver());
    get('download', HTMLElement).addEventListener('click', () => this.#download());
    get('hide', HTMLElement).addEventListener('click', () => this.#deeds.hide());
    this.#restart.addEventListener('click', () => {
      if (!this.#hasTalk || this.#restart.dataset.sure) this.#startOver();
      else this.#askSure();
    });
    this.#restart.addEventListener('blur', () => this.#unsure());
  }

  #submit() {
    const text = this.#input.value.trim();
    if (!text || this.#input.disabled) return;
    this.#input.value = '';
    this.#updateSend();
    this.#typing.stop();
    this.#deeds.say(text, this.#isSecret);
    this.#focusInput();
  }

  #startOver() {
    this.#deeds.startOver();
    this.#focusInput();
  }

  #download() {
    const {
      facts: {title},
      locale,
    } = this.#setting;
    save(`${title}.txt`, transcriptOf(this.#items, {title, you: this.#words.you, locale}));
  }

  // What has been said would be gone: the button asks once before it does it.
  #askSure() {
    this.#restart.dataset.sure = 'asked';
    this.#labelRestart(this.#words.restartSure);
    this.#sureTimer = window.setTimeout(() => this.#unsure(), kSureMs);
  }

  #unsure() {
    window.clearTimeout(this.#sureTimer);
    delete this.#restart.dataset.sure;
    this.#labelRestart(this.#words.restart);
  }

  /** @param {string} label */
  #labelRestart(label) {
    /** @type {HTMLElement} */ (this.#restart.lastElementChild).textContent = label;
  }

  // ---- what is shown

  /** @param {Model} model */
  #showStatus({status, agent}) {
    const {closed, ...words} = this.#words;
    const online = !agent ? words.online : agent.isHere && agent.name ? agent.name : words.waiting;
    const text = {...words, online, ended: closed, unavailable: closed}[status];
    if (this.#status.dataset.state === status && this.#status.textContent === text) return;
    window.clearTimeout(this.#statusTimer);
    // At once for tests and styles, a little later in words: a connection that comes back in the
    // blink of an eye is not worth one.
    this.#status.dataset.state = status;
    const delay = status === 'reconnecting' ? kReconnectingAfterMs : 0;
    this.#statusTimer = window.setTimeout(() => (this.#status.textContent = text), delay);
    window.clearTimeout(this.#offlineTimer);
    if (status !== 'reconnecting') this.#offline.hidden = true;
    else
      this.#offlineTimer = window.setTimeout(() => (this.#offline.hidden = false), kOfflineAfterMs);
  }

  /**
   * The input, as the open question wants it.
   * @param {import('./items.js').Item[]} items
   * @param {boolean} isOver
   */
  #help(items, isOver) {
    const question = items.findLast(({side}) => side !== 'consumer');
    const {inputmode, autocomplete, isHidden} = helpFor(question);
    const isLocked = items.some((item) => item.locksInput);
    const input = this.#input;
    input.disabled = isOver || isLocked;
    input.inputMode = inputmode;
    input.setAttribute('autocomplete', autocomplete);
    const {placeholder, chooseAbove, secret} = this.#words;
    input.placeholder = isLocked ? chooseAbove : isHidden ? secret : placeholder;
    if (this.#isSecret !== isHidden) {
      this.#isSecret = isHidden;
      this.#mask(isHidden);
      input.spellcheck = !isHidden;
      this.#reveal.hidden = !isHidden;
    }
    this.#updateSend();
  }

  /** @param {boolean} isMasked */
  #mask(isMasked) {
    this.#input.classList.toggle('masked', isMasked);
    this.#reveal.setAttribute('aria-pressed', String(!isMasked));
  }

  #updateSend() {
    this.#send.disabled = this.#input.disabled || !this.#input.value.trim();
    this.#input.rows = Math.min(5, this.#input.value.split('\n').length);
  }

  // ---- where the keyboard is

  // Only a focus that was ours, or nobody's, is moved.
  #hasFocusToKeep() {
    const isOurs = document.activeElement?.matches('body, #message, #again, .asset, .asset *');
    return document.hasFocus() && isOurs !== false;
  }

  /** @param {boolean} isOver */
  #keepFocus(isOver) {
    const active = document.activeElement;
    const isOnOpenChoice = active?.closest('.asset') && !active.matches(':disabled');
    if (isOver) this.#again.focus({preventScroll: true});
    else if (isOnOpenChoice) return;
    else if (!this.#input.disabled) this.#focusInput();
    else this.#list.firstOpenChoice()?.focus({preventScroll: true});
  }

  // On a touch screen a focused input covers half of the page with its keyboard.
  #focusInput() {
    if (matchMedia('(pointer: fine)').matches) this.#input.focus({preventScroll: true});
  }
}
