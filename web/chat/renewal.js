// Another token in time: half-way through its life, and if that fails, again a moment later.

import {renewSession} from './session.js';

const kSoonestMs = 1_000;
const kLookMs = 3_600_000;

export class Renewal {
  #session;
  #renewed;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {import('./session.js').Session} session whose token is replaced
   * @param {() => void} renewed
   */
  constructor(session, renewed) {
    this.#session = session;
    this.#renewed = renewed;
    this.look();
  }

  /** Timers stand still while a machine sleeps: to be called when it has woken up. */
  look() {
    window.clearTimeout(this.#timer);
    const {renew_at: at} = this.#session;
    if (!at) return;
    const waitMs = Math.min(Math.max(at - Date.now(), kSoonestMs), kLookMs);
    this.#timer = window.setTimeout(() => this.#work(), waitMs);
  }

  stop() {
    window.clearTimeout(this.#timer);
    this.#session = {...this.#session, renew_at: undefined};
  }

  async #work() {
    const session = this.#session;
    if (Date.now() >= (session.renew_at ?? 0)) {
      await renewSession(session);
      if (this.#session !== session) return; // stopped meanwhile
      this.#renewed();
    }
    this.look();
  }
}
