// A receiver of webhooks: a real HTTP server that checks every signature with node's own crypto, and
// refuses, breaks off or is away as its script says.

import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {createServer} from 'node:http';

/**
 * @typedef {{
 *   id: string, type: string, data: any, consumer: string, path: string, text: string,
 *   status: number,
 * }} Seen
 * `text`: what tells it from others.
 */

/** Standard Webhooks, as its specification has it; gives what is wrong, or ''. */
const wrongWith = (
  /** @type {import('node:http').IncomingHttpHeaders} */ headers,
  /** @type {string} */ body, /** @type {string} */ secret,
) => {
  const {'webhook-id': id, 'webhook-timestamp': sent, 'webhook-signature': signatures} = headers;
  if (typeof id !== 'string' || typeof sent !== 'string') return 'no id or no time';
  if (Math.abs(Date.now() / 1000 - Number(sent)) > 300) return `sent at ${sent}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${sent}.${body}`).digest('base64');
  return String(signatures).split(' ').includes(`v1,${wanted}`) ? '' : 'no signature fits';
};

export class Receiver {
  /** @type {Seen[]} */ seen = [];
  /** @type {string[]} */ wrong = [];
  /** How many signatures the last request had. */
  signatures = 0;
  /** What is answered next: a status, or 'hang up'; 200 when there is nothing.
   *  @type {Array<number | 'hang up'>} */
  script = [];
  /** @type {number | undefined} */ always;
  /** @type {Record<string, string>} */ headers = {};

  /**
   * @param {string} secret
   * @param {(data: any) => string} textOf
   */
  constructor(secret, textOf) {
    this.secret = secret;
    this.textOf = textOf;
  }

  /**
   * @param {string} secret
   * @param {(data: any) => string} textOf
   */
  static async open(secret, textOf) {
    const receiver = new Receiver(secret, textOf);
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      }).on('end', () => receiver.#take(request, body, response));
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
    receiver.server = server;
    return receiver;
  }

  /** @type {import('node:http').Server | undefined} */ server;

  get host() {
    const address = this.server?.address();
    assert.ok(address && typeof address === 'object');
    return `127.0.0.1:${address.port}`;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {string} body
   * @param {import('node:http').ServerResponse} response
   */
  #take(request, body, response) {
    const wrong = wrongWith(request.headers, body, this.secret);
    if (wrong) this.wrong.push(wrong);
    this.signatures = String(request.headers['webhook-signature']).split(' ').length;
    const {type, data: told, payload} = JSON.parse(body);
    const data = told ?? payload;
    const next = this.script.shift() ?? this.always ?? 200;
    this.seen.push({
      id: String(request.headers['webhook-id']), type, data,
      consumer: data.consumer ?? data.user_id, path: String(request.url),
      text: this.textOf(data), status: next === 'hang up' ? 0 : next,
    });
    if (next === 'hang up') {
      request.socket.destroy();
    } else {
      response.writeHead(next, this.headers).end();
    }
  }

  /** What was taken with 2xx, each id once, in order. */
  taken() {
    const ids = new Set();
    return this.seen.filter(({id, status}) => status === 200 && !ids.has(id) && ids.add(id));
  }

  /** @param {string} text */
  has(text) {
    return this.taken().some((one) => one.text === text);
  }
}
