// What the page around tells and the server has not acknowledged, oldest first. It is kept until
// the server has it, so that what is told before the chat is there is not lost; after a loss of the
// connection it may be told twice.

/** @typedef {import('./events.js').PageEvent} PageEvent */

const kUntoldMax = 100;

export class Telling {
  #push;
  /** @type {PageEvent[]} */
  #untold = [];
  #isTelling = false;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {(event: PageEvent) => Promise<import('./socket.js').Reply> | null} push null: there is
   *   nobody to tell yet
   */
  constructor(push) {
    this.#push = push;
  }

  /** @param {PageEvent} event */
  add(event) {
    this.#untold.push(event);
    if (this.#untold.length > kUntoldMax) this.#untold.shift();
    this.goOn();
  }

  async goOn() {
    if (this.#isTelling || this.#timer !== undefined) return;
    this.#isTelling = true;
    try {
      while (this.#untold.length > 0) {
        const event = this.#untold[0];
        const reply = await this.#push(event);
        if (!reply) break;
        const {status, response} = reply;
        if (status !== 'ok' && (response.status === 429 || response.status >= 500)) {
          this.#later(response.retry_after ?? 1);
          break;
        }
        // Taken, or never to be: too long, or the chat has ended.
        if (this.#untold[0] === event) this.#untold.shift();
      }
    } catch {
      // Not connected: told after the next join.
    } finally {
      this.#isTelling = false;
    }
  }

  /** @param {number} seconds */
  #later(seconds) {
    this.#timer = window.setTimeout(() => {
      this.#timer = undefined;
      this.goOn();
    }, seconds * 1_000);
  }
}
