// The messages as the page shows them: what each one looks like follows from the conversation
// alone. Showing the same items twice changes nothing, and an element stays the same for as long as
// its message is there, so that a screen reader hears each message once.

import {renderMarkdown} from './markdown.js';

/**
 * @typedef {import('./transcript.js').Choice} Choice
 * @typedef {{
 *   key: string, side: 'bot' | 'agent' | 'consumer', name?: string, text: string, seq?: number, at?: number,
 *   state: 'said' | 'sending' | 'failed', choices: Choice[], isOpen: boolean, locksInput: boolean,
 *   chosen?: string,
 * }} Item
 * @typedef {{say: (text: string) => void, sayAgain: (id: string) => void}} Deeds
 */

const kNearEndPx = 24;
const kPauseMs = 5 * 60_000;

/**
 * Everything said, oldest first. A message's choices are open until the consumer says something.
 * @param {import('./conversation.js').Model} model
 * @returns {Item[]}
 */
export function itemsOf({messages, unsent}) {
  /** @type {Item[]} */
  const items = messages.map((message) => {
    const isOwn = message.from_side === 'anonymous_consumer';
    return {
      key: (isOwn ? message.client_msg_id : null) ?? message.id,
      side: isOwn ? 'consumer' : message.from_side === 'agent' ? 'agent' : 'bot',
      name: message.agent_name,
      text: message.msg ?? '',
      seq: message.seq_num,
      at: message.ts,
      state: 'said',
      choices: message.app_object?.buttons ?? [],
      isOpen: true,
      locksInput: message.app_object?.input === 'disabled',
    };
  });
  for (const {client_msg_id: key, msg: text, failed} of unsent) {
    const state = failed ? 'failed' : 'sending';
    const bare = {choices: [], isOpen: false, locksInput: false};
    items.push({key, side: 'consumer', text, state, ...bare});
  }
  /** @type {Item | undefined} */
  let answer;
  for (let at = items.length - 1; at >= 0; --at) {
    const item = items[at];
    if (item.side === 'consumer' && item.state !== 'failed') answer = item;
    item.isOpen = answer === undefined;
    item.chosen = answer?.text;
    item.locksInput &&= item.isOpen;
  }
  return items;
}

export class MessageList {
  #log;
  #words;
  #deeds;
  #typing = typingElement();
  // Who scrolls back to read stays there, until they come back to the end or speak themselves.
  #follows = true;
  #scrolledTo = 0;
  #time = new Intl.DateTimeFormat(undefined, {hour: 'numeric', minute: '2-digit'});
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();

  /**
   * @param {HTMLElement} log
   * @param {import('./words.js').Words} words
   * @param {Deeds} deeds
   */
  constructor(log, words, deeds) {
    this.#log = log;
    this.#words = words;
    this.#deeds = deeds;
    log.append(this.#typing);
    log.addEventListener('scroll', () => {
      if (log.scrollTop < this.#scrolledTo) this.#follows = false;
      if (log.scrollHeight - log.scrollTop - log.clientHeight < kNearEndPx) this.#follows = true;
      this.#scrolledTo = log.scrollTop;
    });
    new ResizeObserver(() => this.#scroll('instant')).observe(log);
  }

  /**
   * @param {Item[]} items
   * @param {{isOver: boolean, isTyping: boolean}} how
   */
  show(items, {isOver, isTyping}) {
    const isFirst = this.#elements.size === 0;
    this.#removeAllBut(new Set(items.map((item) => item.key)));
    let before = this.#log.firstChild;
    items.forEach((item, at) => {
      const element = this.#elementOf(item);
      this.#update(element, item, items[at + 1], isOver);
      if (element === before) before = element.nextSibling;
      else this.#log.insertBefore(element, before);
    });
    this.#typing.hidden = !isTyping;
    if (items.at(-1)?.state === 'sending') this.#follows = true;
    this.#scroll(isFirst ? 'instant' : 'auto');
  }

  clear() {
    this.#removeAllBut(new Set());
  }

  /** @returns {HTMLButtonElement | null} */
  firstOpenChoice() {
    return this.#log.querySelector('button.choice:not(:disabled)');
  }

  /** @param {ScrollBehavior} behavior */
  #scroll(behavior) {
    if (this.#follows) this.#log.scrollTo({top: this.#log.scrollHeight, behavior});
  }

  /** @param {Set<string>} keys */
  #removeAllBut(keys) {
    for (const [key, element] of this.#elements) {
      if (keys.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
  }

  /** @param {Item} item */
  #elementOf(item) {
    const found = this.#elements.get(item.key);
    if (found) return found;
    const bubble = make('div', 'bubble');
    bubble.dir = 'auto';
    if (item.side === 'bot') bubble.append(renderMarkdown(item.text));
    else if (item.side === 'agent') bubble.append(item.text);
    else bubble.append(make('span', 'aside', `${this.#words.you}: `), item.text);
    const element = make('div', 'message');
    element.dataset.side = item.side;
    if (item.side === 'agent' && item.name) element.append(make('div', 'author', item.name));
    element.append(bubble);
    if (item.choices.length > 0) element.append(this.#choices(item.choices));
    element.append(make('div', 'note'));
    this.#elements.set(item.key, element);
    return element;
  }

  /** @param {Choice[]} choices */
  #choices(choices) {
    const group = make('div', 'choices');
    for (const {label, value} of choices) {
      const button = make('button', 'choice', label);
      button.type = 'button';
      button.dataset.choice = label;
      button.value = value;
      button.addEventListener('click', () => this.#deeds.say(value));
      group.append(button);
    }
    return group;
  }

  /**
   * @param {HTMLElement} element
   * @param {Item} item
   * @param {Item | undefined} next
   * @param {boolean} isOver
   */
  #update(element, item, next, isOver) {
    if (item.seq) element.dataset.seq = String(item.seq);
    element.classList.toggle('last', next?.side !== item.side);
    // A time is worth a line only where the talk rested.
    const rested = next ? (next.at ?? Date.now()) - (item.at ?? 0) > kPauseMs : true;
    element.classList.toggle('timed', rested);
    for (const button of element.querySelectorAll('button')) {
      if (button.classList.contains('choice')) {
        button.disabled = !item.isOpen || isOver;
        button.classList.toggle('chosen', button.value === item.chosen);
      } else {
        button.hidden = isOver;  // nobody is there to send it to again
      }
    }
    if (element.dataset.state !== item.state) this.#note(element, item, isOver);
  }

  /**
   * @param {HTMLElement} element
   * @param {Item} item
   * @param {boolean} isOver
   */
  #note(element, item, isOver) {
    element.dataset.state = item.state;
    const note = /** @type {HTMLElement} */ (element.lastElementChild);
    if (item.state === 'sending') {
      note.textContent = this.#words.sending;
    } else if (item.state === 'said') {
      note.textContent = item.at ? this.#time.format(item.at) : '';
    } else {
      const button = make('button', 'resend', this.#words.resend);
      button.type = 'button';
      button.hidden = isOver;
      button.addEventListener('click', () => this.#deeds.sayAgain(item.key));
      note.replaceChildren(`${this.#words.failed} `, button);
    }
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Name]}
 */
function make(name, className, text = '') {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function typingElement() {
  const element = make('div', 'typing');
  element.setAttribute('aria-hidden', 'true');
  element.append(make('i', ''), make('i', ''), make('i', ''));
  element.hidden = true;
  return element;
}
