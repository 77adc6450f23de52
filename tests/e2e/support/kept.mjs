// A storage and a clock for the page tag's modules, outside of a browser.

import {mock} from 'node:test';

/** @param {number} [charactersMax] beyond which it refuses to take more */
export function storageOf(charactersMax = Infinity) {
  const methods = {
    /** @this {Record<string, string>} @param {string} key */
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    /** @this {Record<string, string>} @param {string} key @param {string} value */
    setItem(key, value) {
      const rest = Object.entries(this).filter(([one]) => one !== key);
      const used = rest.reduce((sum, [one, text]) => sum + one.length + text.length, 0);
      if (used + key.length + value.length > charactersMax) throw new Error('full');
      this[key] = value;
    },
    /** @this {Record<string, string>} @param {string} key */
    removeItem(key) {
      delete this[key];
    },
  };
  return /** @type {Storage} */ (Object.create(methods));
}

/** Time that passes when it is told to, and chance that never adds to it. */
export class Clock {
  now = 1_800_000_000_000;
  /** @type {{at: number, work: () => void}[]} */
  #timers = [];

  constructor() {
    mock.method(Date, 'now', () => this.now);
    mock.method(Math, 'random', () => 0);
    const set = (/** @type {() => void} */ work, ms = 0) => {
      const timer = {at: this.now + ms, work};
      this.#timers.push(timer);
      return timer;
    };
    const clear = (/** @type {any} */ timer) => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
    mock.method(globalThis, 'setTimeout', /** @type {any} */ (set));
    mock.method(globalThis, 'clearTimeout', /** @type {any} */ (clear));
  }

  /** Runs what is due until then, and what follows from it. @param {number} ms */
  async pass(ms) {
    const end = this.now + ms;
    for (;;) {
      await this.#settled();
      const next = this.#timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.now = Math.max(this.now, next.at);
      next.work();
    }
    this.now = end;
  }

  async #settled() {
    for (let turn = 0; turn < 20; ++turn) await new Promise((resolve) => setImmediate(resolve));
  }
}
