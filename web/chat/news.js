// What the page around the chat is told of the conversation, each thing once: that it is there,
// that something was said, that it is over.

/** @typedef {import('./conversation.js').Model} Model */

export class News {
  #host;
  #isSetUp = false;
  #hasHeard = false;
  #hasEnded = false;
  #seen = 0;

  /** @param {import('./host.js').Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Another conversation begins. */
  forget() {
    this.#hasHeard = this.#hasEnded = false;
    this.#seen = 0;
  }

  /** @param {Model} model */
  look({status, messages}) {
    const isEnded = status === 'ended';
    const heard = messages.filter(({from_side: side}) => side !== 'anonymous_consumer');
    const fresh = heard.filter(({seq_num: number}) => number > this.#seen);
    this.#seen = Math.max(this.#seen, ...fresh.map(({seq_num: number}) => number));
    // What was there before this page was is no news.
    const isNews = this.#isSetUp;
    if (!this.#isSetUp && (status === 'online' || isEnded)) {
      this.#isSetUp = true;
      this.#host.post('SETUP_COMPLETED');
    }
    if (heard.length > 0 && !this.#hasHeard) {
      this.#hasHeard = true;
      this.#host.post('FIRST_MESSAGE_RECEIVED');
    }
    for (const {seq_num: number, msg, from_side: from, ts: at} of isNews ? fresh : []) {
      this.#host.post('MESSAGE_RECEIVED', {isChatEnded: isEnded});
      this.#host.confide({id: number, from, text: msg, at});
    }
    if (isEnded && !this.#hasEnded) {
      this.#hasEnded = true;
      this.#host.post('CHAT_ENDED');
    }
  }
}
