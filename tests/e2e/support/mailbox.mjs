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
   * Takes the first that fits; what does not fit stays.
   * @param {string} what
   * @param {(item: T) => boolean} fits
   * @returns {Promise<T>}
   */
  async take(what, fits) {
    const at = await until(what, () => {
      const found = this.#arrived.findIndex(fits);
      return found < 0 ? null : {found};
    });
    return /** @type {T} */ (this.#arrived.splice(at.found, 1)[0]);
  }
}
