// What takes the page tag's events in these tests: a collector of Segment's dialect on an origin of
// its own, which may be ill in several ways. It keeps each event by its message id, as servers do,
// and knows how often each came.

import {once} from 'node:events';
import {createServer} from 'node:http';

/**
 * How it answers: 200; 503; 429 with Retry-After; 400; never; by cutting the connection; or by
 * cutting it when the events are already kept, which the sender cannot know.
 * @typedef {'ok' | 'unavailable' | 'limited' | 'bad' | 'hang' | 'cut' | 'unheard'} Mode
 */

const kStatus = {unavailable: 503, limited: 429, bad: 400};

export class Collector {
  /** For each request, or a function of how many have come. @type {Mode | ((n: number) => Mode)} */
  mode = 'ok';
  retryAfter = 2;
  /** By message id, in the order in which they came. @type {Map<string, any>} */
  events = new Map();
  /** How many came again. */
  again = 0;
  /** @type {{at: number, mode: Mode, method: string, headers: any, bytes: number, body: any}[]} */
  requests = [];
  /** @type {Set<import('node:http').ServerResponse>} */
  #hanging = new Set();
  #server = createServer((request, response) => this.#take(request, response));

  static async start() {
    const collector = new Collector();
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  /** @param {string} host */
  origin(host) {
    const {port} = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://${host}:${port}`;
  }

  /** Well, and with nothing to remember. */
  begin() {
    this.mode = 'ok';
    this.events = new Map();
    this.again = 0;
    this.requests = [];
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  /** @param {string} [type] */
  all(type) {
    return [...this.events.values()].filter((event) => !type || event.type === type);
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #take(request, response) {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the page went in the middle of it
    }
    const {method = '', headers, url} = request;
    if (method !== 'POST' && method !== 'OPTIONS') return void response.writeHead(404).end();
    const number = this.requests.length;
    const mode = typeof this.mode === 'function' ? this.mode(number) : this.mode;
    const bytes = Buffer.concat(chunks);
    const body = method === 'POST' ? JSON.parse(bytes.toString()) : null;
    this.requests.push({at: Date.now(), mode, method, headers, bytes: bytes.length, body});
    response.setHeader('Access-Control-Allow-Origin', headers.origin ?? '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After, X-RateLimit-Reset');
    if (method !== 'POST' || url !== '/v1/b') return void response.writeHead(404).end();
    if (mode === 'ok' || mode === 'unheard') this.#keep(body.batch);
    if (mode === 'hang') return void this.#hanging.add(response);
    if (mode === 'cut' || mode === 'unheard') return void request.socket.destroy();
    if (mode === 'limited') {
      response.setHeader('Retry-After', this.retryAfter);
      response.setHeader('X-RateLimit-Reset', this.retryAfter);
    }
    response.setHeader('Content-Type', 'application/json');
    if (mode === 'ok') return void response.end('{"success":true}');
    return void response.writeHead(kStatus[mode]).end('{"success":false}');
  }

  /** @param {any[]} batch */
  #keep(batch) {
    for (const event of batch) {
      if (this.events.has(event.messageId)) this.again += 1;
      else this.events.set(event.messageId, event);
    }
  }
}
