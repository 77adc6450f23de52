// Chance that can be had again: a small generator from a seed.

export class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, and without, `below`. @param {number} below */
  under(below) {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  }

  /** True once in `times`. @param {number} times */
  onceIn(times) {
    return this.under(times) === 0;
  }

  /**
   * @template T
   * @param {readonly T[]} items
   * @returns {T}
   */
  one(items) {
    return items[this.under(items.length)];
  }

  /** Another generator, for work that goes on beside this one. */
  fork() {
    return new Chance(this.under(2 ** 31));
  }
}
