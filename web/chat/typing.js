// Whether the person writes, as others are told of it: when they begin, again while they go on, and
// once when they have rested, said it, or taken it back.

const kAgainMs = 8_000;
const kRestMs = 5_000;

export class Typing {
  #tell;
  #toldAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(isTyping: boolean) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * @param {boolean} hasText whether something stands there
   * @param {number} [now]
   */
  changed(hasText, now = Date.now()) {
    clearTimeout(this.#timer);
    if (!hasText) {
      this.stop();
      return;
    }
    this.#timer = setTimeout(() => this.stop(), kRestMs);
    if (this.#toldAt > 0 && now - this.#toldAt < kAgainMs) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  stop() {
    clearTimeout(this.#timer);
    if (this.#toldAt > 0) this.#tell(false);
    this.#toldAt = 0;
  }
}
