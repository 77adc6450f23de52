// The messages as the page shows them: what each one looks like follows from the conversation
// alone. Showing the same items twice changes nothing, and an element stays the same for as long as
// its message is there, so that a screen reader hears each message once.

import {assetOf, updateAsset} from './assets/kinds.js';
import {make, makeButton, makeImage} from './dom.js';
import {makeFace} from './face.js';
import {shownText, withLines} from './items.js';
import {renderMarkdown} from './markdown.js';
import {filled} from './words.js';

/**
 * @typedef {import('./items.js').Item} Item
 * @typedef {import('./items.js').Line} Line
 * @typedef {import('./assets/kinds.js').Tools & {
 *   sayAgain: (id: string) => void, more: () => void, name: string, avatar: string,
 * }} Tools `name` and `avatar` are the bot's
 * @typedef {{
 *   isOver: boolean, isTyping: boolean, hasMore: boolean,
 *   notices: import('./items.js').Notice[],
 * }} Surroundings
 */

const kNearEndPx = 24;
const kPauseMs = 5 * 60_000;
const kWorkingAfterMs = 10_000;
const kDayMs = 24 * 3_600_000;

export class MessageList {
  #log;
  #tools;
  #typing = typingElement();
  #more;
  /** @type {number | undefined} */
  #workingTimer;
  // Who scrolls back to read stays there, until they come back to the end or speak themselves.
  #follows = true;
  #scrolledTo = 0;
  #time;
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();

  /**
   * @param {HTMLElement} log
   * @param {Tools} tools
   * @param {HTMLElement} intro what stands before the first message
   */
  constructor(log, tools, intro) {
    this.#log = log;
    this.#tools = tools;
    this.#time = new Intl.DateTimeFormat(tools.locale, {hour: 'numeric', minute: '2-digit'});
    this.#more = makeButton('choice more', tools.words.more, () => tools.more());
    log.append(intro, this.#more, this.#typing);
    log.addEventListener('scroll', () => {
      if (log.scrollTop < this.#scrolledTo) this.#follows = false;
      if (log.scrollHeight - log.scrollTop - log.clientHeight < kNearEndPx) this.#follows = true;
      this.#scrolledTo = log.scrollTop;
    });
    new ResizeObserver(() => this.#scroll('instant')).observe(log);
  }

  /**
   * @param {Item[]} items
   * @param {Surroundings} around
   */
  show(items, {isOver, isTyping, hasMore, notices}) {
    const isFirst = this.#elements.size === 0;
    const entries = withLines(items, notices);
    this.#removeAllBut(new Set(entries.map(({key}) => key)));
    this.#more.hidden = !hasMore;
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    /** @type {ChildNode | null} */
    let before = this.#more.nextSibling;
    /** @type {Item | undefined} */
    let last;
    entries.forEach((entry, at) => {
      const element = 'line' in entry ? this.#lineOf(entry) : this.#elementOf(entry);
      if ('line' in entry) {
        last = undefined;
      } else {
        const next = entries[at + 1];
        this.#update(element, entry, last, next && 'line' in next ? undefined : next, isOver);
        last = entry;
      }
      if (element === before) before = element.nextSibling;
      else this.#log.insertBefore(element, before);
    });
    this.#showTyping(isTyping);
    if (items.at(-1)?.state === 'sending') this.#follows = true;
    // What was said earlier comes in above without moving what is being read.
    if (!this.#follows) this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
    this.#scroll(isFirst ? 'instant' : 'auto');
  }

  clear() {
    this.#removeAllBut(new Set());
  }

  /** @returns {HTMLElement | null} */
  firstOpenChoice() {
    return this.#log.querySelector('.asset :is(button, input, select):not(:disabled, .free)');
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

  /** @param {boolean} isTyping */
  #showTyping(isTyping) {
    const words = /** @type {HTMLElement} */ (this.#typing.lastElementChild);
    if (this.#typing.hidden !== isTyping) return;
    this.#typing.hidden = !isTyping;
    words.textContent = '';
    window.clearTimeout(this.#workingTimer);
    if (!isTyping) return;
    this.#workingTimer = window.setTimeout(() => {
      words.textContent = this.#tools.words.working;
      this.#scroll('auto');
    }, kWorkingAfterMs);
  }

  /** @param {Line} line */
  #lineOf(line) {
    const found = this.#elements.get(line.key);
    if (found) return found;
    const element = make('p', 'line ps-notice', this.#textOf(line));
    this.#elements.set(line.key, element);
    return element;
  }

  /** @param {Line} line */
  #textOf({at, notice}) {
    const {words, locale} = this.#tools;
    if (notice) {
      const phrase = notice.what === 'left' ? words.left : words.joined;
      return notice.name ? filled(phrase, {name: notice.name}) : words.joinedNobody;
    }
    const day = new Date(at).toDateString();
    if (day === new Date().toDateString()) return words.today;
    if (day === new Date(Date.now() - kDayMs).toDateString()) return words.yesterday;
    return new Intl.DateTimeFormat(locale, {dateStyle: 'full'}).format(at);
  }

  /** @param {Item} item */
  #elementOf(item) {
    const found = this.#elements.get(item.key);
    if (found) return found;
    const isOwn = item.side === 'consumer';
    const element = make('div', `message ps-bubble-${isOwn ? 'user' : 'solution'}`);
    element.dataset.side = item.side;
    const {words, name} = this.#tools;
    if (!isOwn)
      element.append(make('div', 'author', item.side === 'agent' ? (item.name ?? '') : name));
    if (item.side === 'bot') element.append(makeFace('avatar', this.#tools.avatar));
    if (item.text) {
      const bubble = make('div', 'bubble ps-bubble-body');
      bubble.dir = 'auto';
      if (item.side === 'bot') bubble.append(renderMarkdown(item.text));
      else if (isOwn)
        bubble.append(make('span', 'aside', `${words.you}: `), item.file ? sentFile(item.file) : make('bdi', '', shownText(item, this.#tools.locale)));
      else bubble.append(item.text);
      element.append(bubble);
    }
    const asset = assetOf(item, this.#tools);
    if (asset) {
      element.dataset.kind = item.kind;
      element.append(asset);
    }
    element.append(make('div', 'note ps-notice-timestamp'));
    this.#elements.set(item.key, element);
    return element;
  }

  /**
   * @param {HTMLElement} element
   * @param {Item} item
   * @param {Item | undefined} before
   * @param {Item | undefined} next
   * @param {boolean} isOver
   */
  #update(element, item, before, next, isOver) {
    if (item.seq) element.dataset.seq = String(item.seq);
    const isFirst = before?.side !== item.side || before.name !== item.name;
    element.classList.toggle('first', isFirst);
    element.classList.toggle('last', next?.side !== item.side);
    // A time is worth a line only where the talk rested.
    const rested = next ? (next.at ?? Date.now()) - (item.at ?? 0) > kPauseMs : true;
    element.classList.toggle('timed', rested);
    const asset = element.querySelector('.asset');
    if (asset instanceof HTMLElement)
      updateAsset(asset, item, item.isOpen && !isOver, this.#tools);
    for (const button of element.querySelectorAll('.resend')) {
      /** @type {HTMLElement} */ (button).hidden = isOver; // nobody is there to send it to again
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
    const {words, sayAgain} = this.#tools;
    const note = /** @type {HTMLElement} */ (element.lastElementChild);
    if (item.state === 'sending') {
      note.textContent = words.sending;
    } else if (item.state === 'said') {
      const at = item.at ? this.#time.format(item.at) : '';
      note.textContent = item.side === 'consumer' ? `${at} · ✓ ${words.delivered}` : at;
    } else {
      const button = makeButton('resend', words.resend, () => sayAgain(item.key));
      button.hidden = isOver;
      note.replaceChildren(`${words.failed} `, button);
    }
  }
}

/** @param {import('./files.js').SentFile} file */
function sentFile({name, url, isPicture}) {
  const link = make('a', 'sent', make('bdi', '', name));
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  if (isPicture) link.prepend(makeImage(`${url}?size=small`, ''));
  return link;
}

function typingElement() {
  const dots = make(
    'span',
    'dots ps-bubble-thinking-icon-dot',
    make('i', ''),
    make('i', ''),
    make('i', ''),
  );
  dots.setAttribute('aria-hidden', 'true');
  const element = make('div', 'typing', dots, make('span', ''));
  element.hidden = true;
  return element;
}
