// The page's face: shows a model of the conversation, and turns what the consumer does into calls.
// It decides nothing about the conversation; it looks after words, focus and the two ways to start
// over.

import {MessageList, itemsOf} from './messages.js';

/**
 * @typedef {import('./conversation.js').Model} Model
 * @typedef {import('./messages.js').Deeds & {startOver: () => void}} Deeds
 */

const kSureMs = 5_000;
const kReconnectingAfterMs = 600;

export class View {
  #words;
  #deeds;
  #list;
  #title = get('title', HTMLElement);
  #status = get('status', HTMLElement);
  #restart = get('restart', HTMLButtonElement);
  #over = get('over', HTMLElement);
  #overText = get('over-text', HTMLElement);
  #again = get('again', HTMLButtonElement);
  #form = get('composer', HTMLFormElement);
  #input = get('message', HTMLTextAreaElement);
  #send = get('send', HTMLButtonElement);
  /** @type {number | undefined} */
  #statusTimer;
  /** @type {number | undefined} */
  #sureTimer;
  #hasTalk = false;

  /**
   * @param {import('./words.js').Words} words
   * @param {Deeds} deeds
   */
  constructor(words, deeds) {
    this.#words = words;
    this.#deeds = deeds;
    this.#list = new MessageList(get('log', HTMLElement), words, deeds);
    get('message-label', HTMLElement).textContent = words.message;
    get('send-label', HTMLElement).textContent = words.send;
    this.#input.placeholder = words.placeholder;
    this.#again.textContent = words.restart;
    this.#unsure();
    this.#listen();
    // Inside another page the focus is that page's until the consumer comes here.
    if (window.parent === window) this.#focusInput();
  }

  /** @param {Model} model */
  show(model) {
    const items = itemsOf(model);
    const isOver = model.status === 'ended' || model.status === 'unavailable';
    const mayMoveFocus = this.#hasFocusToKeep();
    this.#hasTalk = !isOver && items.some((item) => item.side === 'consumer');

    this.#showName(model.name);
    this.#showStatus(model.status);
    this.#input.disabled = isOver || items.some((item) => item.locksInput);
    this.#updateSend();
    this.#form.hidden = isOver;
    this.#over.hidden = !isOver;
    const {ended, unavailable} = this.#words;
    if (isOver) this.#overText.textContent = model.status === 'ended' ? ended : unavailable;
    this.#list.show(items, {isOver, isTyping: model.typing});
    if (mayMoveFocus) this.#keepFocus(isOver);
  }

  /** Forgets all that is shown. */
  clear() {
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
    this.#again.addEventListener('click', () => this.#startOver());
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
    this.#deeds.say(text);
    this.#focusInput();
  }

  #startOver() {
    this.#deeds.startOver();
    this.#focusInput();
  }

  // What has been said would be gone: the button asks once before it does it.
  #askSure() {
    this.#restart.dataset.sure = 'asked';
    this.#restart.textContent = this.#words.restartSure;
    this.#sureTimer = window.setTimeout(() => this.#unsure(), kSureMs);
  }

  #unsure() {
    window.clearTimeout(this.#sureTimer);
    delete this.#restart.dataset.sure;
    this.#restart.textContent = this.#words.restart;
  }

  // ---- what is shown

  /** @param {string} name */
  #showName(name) {
    // "BrazeProfile" is a fine name for a solution; people read two words.
    const words = name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replace(/[_-]+/g, ' ').trim();
    if (!words || this.#title.textContent === words) return;
    this.#title.textContent = words;
    document.title = words;
  }

  /** @param {Model['status']} status */
  #showStatus(status) {
    if (this.#status.dataset.state === status) return;
    const {closed, ...words} = this.#words;
    const text = {...words, ended: closed, unavailable: closed}[status];
    window.clearTimeout(this.#statusTimer);
    // At once for tests and styles, a little later in words: a connection that comes back in the
    // blink of an eye is not worth one.
    this.#status.dataset.state = status;
    const delay = status === 'reconnecting' ? kReconnectingAfterMs : 0;
    this.#statusTimer = window.setTimeout(() => (this.#status.textContent = text), delay);
  }

  #updateSend() {
    this.#send.disabled = this.#input.disabled || !this.#input.value.trim();
    this.#input.rows = Math.min(5, this.#input.value.split('\n').length);
  }

  // ---- where the keyboard is

  // Only a focus that was ours, or nobody's, is moved.
  #hasFocusToKeep() {
    const active = document.activeElement;
    return document.hasFocus() && (!active || active === document.body ||
      active === this.#input || active === this.#again || active.classList.contains('choice'));
  }

  /** @param {boolean} isOver */
  #keepFocus(isOver) {
    const active = document.activeElement;
    const isOnOpenChoice = active instanceof HTMLButtonElement && !active.disabled &&
      active.classList.contains('choice');
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

/**
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}
