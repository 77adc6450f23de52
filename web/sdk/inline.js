// The published inline mode: the chat in an element of the page, under the ids and classes that
// customers' pages know.

import {ChatFrame} from './frame.js';
import {adopt, make, sheetOf} from './parts.js';
import {kInlineCss} from './style.js';

const kSheet = sheetOf(kInlineCss);

export class Inline {
  #wrapper = make('div', 'ps-pypestream-wrapper');

  /**
   * @param {Element} target
   * @param {import('./frame.js').FrameOptions} options
   * @param {() => void} hidden by a press in the chat
   */
  constructor(target, options, hidden) {
    adopt(document, kSheet);
    const wrapper = this.#wrapper;
    const frame = new ChatFrame(options);
    this.frame = frame;
    frame.iframe.id = 'pypestream-iframe';
    frame.iframe.allow = 'geolocation;camera *;microphone *';
    wrapper.id = 'pypestream-wrapper';
    wrapper.setAttribute('role', 'region');
    wrapper.setAttribute('aria-label', frame.iframe.title);
    const live = ['polite', 'assertive'].map((how) => {
      const element = make('div', 'ps-sr-only');
      element.id = `pypestream-aria-live-${how}`;
      element.setAttribute('aria-live', how);
      return element;
    });
    wrapper.append(frame.iframe, ...live);
    frame
      .on('CHAT_HIDE', () => this.isShown && hidden())
      .on('ADD_ARIA_LIVE', ({payload}) => {
        const words = live[payload?.type === 'assertive' ? 1 : 0];
        words.textContent = String(payload?.message ?? '');
      })
      .on('SET_SIZE', ({newWidth, newHeight}) => {
        if (newWidth > 0) wrapper.style.inlineSize = `${newWidth}px`;
        if (newHeight > 0) wrapper.style.blockSize = `${newHeight}px`;
      });
    target.append(wrapper);
    this.show(true);
  }

  get isShown() {
    return this.#wrapper.classList.contains('showing');
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#wrapper.classList.toggle('showing', isShown);
    this.frame.post({type: isShown ? 'SHOW_CHAT' : 'HIDE_CHAT'});
  }

  destroy() {
    this.frame.destroy();
    this.#wrapper.remove();
  }
}
