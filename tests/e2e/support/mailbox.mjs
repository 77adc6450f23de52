// What has arrived, in order, for a test that waits for the next of a kind.

import {until} from './until.mjs';

/** @template T */
export class Mailbox {
  /** @type {T[]} */
  #arrived = [];

  /** @param {T} item */
  put(item) {
    this.#arrived.push(item);
  }

  /**
   * Takes the first that fits, and all that came before it with it.
   * @param {string} what
   * @param {(item: T) => boolean} fits
   * @returns {Promise<T>}
   */
  async take(what, fits) {
    const at = await until(what, () => {
      const found = this.#arrived.findIndex(fits);
      return found < 0 ? null : {found};
    });
    return /** @type {T} */ (this.#arrived.splice(0, at.found + 1).at(-1));
  }

  /** All that has arrived and was not taken. */
  get waiting() {
    return [...this.#arrived];
  }
}
