// Who is at the other side: whether somebody writes, which agent has the chat or is being looked
// for, and who came and went while this page looked on.

/**
 * @typedef {{isHere: boolean, name: string}} Agent who has the chat, or is being looked for
 * @typedef {import('./items.js').Notice} Notice
 */

const kTypingMaxMs = 30_000;

export class Presence {
  /** @type {Agent | null} */
  agent = null;
  /** @type {Notice[]} */
  notices = [];
  isTyping = false;
  #changed;
  /** @type {number | undefined} */
  #timer;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * An answer is on its way, as far as that can be known, for so long.
   * @param {number} forMs
   */
  expect(forMs) {
    window.clearTimeout(this.#timer);
    this.isTyping = forMs > 0;
    if (!this.isTyping) return;
    this.#timer = window.setTimeout(() => {
      this.isTyping = false;
      this.#changed();
    }, forMs);
  }

  /**
   * @param {Omit<import('./contract.js').Notice, 'chat_id'>} notice
   *   of the server's; that the person themselves types, in another window, is none
   * @param {number} after the number of the last message before it
   */
  take({notice, agent_name: name = '', is_typing: isTyping, from_side: side}, after) {
    if (notice === 'typing') {
      if (side !== 'consumer') this.expect(isTyping ? kTypingMaxMs : 0);
    } else if (notice === 'agent_requested') {
      this.agent = {isHere: false, name: ''};
    } else if (notice === 'agent_joined') {
      this.agent = {isHere: true, name};
      this.#note('joined', name, after);
    } else if (notice === 'agent_left') {
      this.#note('left', name || (this.agent?.name ?? ''), after);
      this.agent = null;
    }
  }

  /** @param {import('./conversation.js').Snapshot} snapshot */
  read({
    agent_is_assigned: isHere,
    bot_enabled: isBots,
    agent_name: name = '',
    is_typing: isTyping,
  }) {
    if (isHere) this.agent = {isHere, name};
    else this.agent = isBots === false ? {isHere: false, name: ''} : null;
    if (isTyping) this.expect(kTypingMaxMs);
  }

  /**
   * @param {Notice['what']} what
   * @param {string} name
   * @param {number} after
   */
  #note(what, name, after) {
    this.notices.push({key: `notice ${this.notices.length}`, after, at: Date.now(), what, name});
  }
}
