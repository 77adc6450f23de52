// A server that is killed now and then and started again on the same data and the same ports, and
// what a patient client needs to live with that.

import {Server} from './server.mjs';
import {until} from './until.mjs';

const kClientPatienceMs = 60_000;

export class Site {
  /**
   * @param {string} data
   * @param {Server} server
   * @param {string[]} [solutions] others than the example
   * @param {string[]} [more] options of the command line
   */
  constructor(data, server, solutions, more) {
    this.data = data;
    this.server = server;
    this.solutions = solutions;
    this.more = more;
    /** How long each start after a crash took. @type {number[]} */
    this.startsMs = [];
    /** Settled while the server is up. @type {Promise<void>} */
    this.isUp = Promise.resolve();
  }

  /**
   * @param {string} data
   * @param {string[]} [solutions]
   * @param {string[]} [more]
   */
  static async open(data, solutions, more) {
    return new Site(data, await Server.start({data, solutions, more}), solutions, more);
  }

  /** The addresses and the key outlive every crash. */
  get ready() {
    return this.server.ready;
  }

  async crash() {
    this.isUp = this.#startAgain();
    await this.isUp;
  }

  async #startAgain() {
    const {ports} = this.server;
    await this.server.kill();
    const began = Date.now();
    this.server = await Server.start({data: this.data, ports, solutions: this.solutions,
      more: this.more});
    this.startsMs.push(Date.now() - began);
  }
}

/** The connection broke, or the server could not take it just now: to be tried again. */
export class Broken extends Error {}

/**
 * Tries until it works, and not while the server is down: asking it then would take from it the
 * processor that it starts on. Only Broken is met with patience.
 * @template T
 * @param {Site} site
 * @param {string} what
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
export async function patiently(site, what, attempt) {
  let last = '';
  try {
    const done = await until(what, async () => {
      try {
        return {value: await attempt()};
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        last = error.message;
        await site.isUp;
        return null;
      }
    }, kClientPatienceMs);
    return done.value;
  } catch (error) {
    if (last !== '' && error instanceof Error) error.message += `; the last time: ${last}`;
    throw error;
  }
}

/**
 * The answer and its body, whole; Broken when there is none or the server is not ready for it.
 * @param {Promise<Response>} request
 * @returns {Promise<{status: number, body: any}>}
 */
export async function answerOf(request) {
  let [status, text] = [0, ''];
  try {
    const response = await request;
    [status, text] = [response.status, await response.text()];
  } catch (error) {
    throw new Broken(String(error));
  }
  if (status === 503) throw new Broken('503');
  return {status, body: text === '' ? null : JSON.parse(text)};
}

/**
 * Numbers in [0, 1) that a seed repeats: mulberry32.
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
