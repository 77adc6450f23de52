// A TCP proxy in front of the server, for connections that break the way networks do.

import {once} from 'node:events';
import {connect, createServer} from 'node:net';

export class Proxy {
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  #refuses = false;
  #isDeaf = false;

  /**
   * @param {import('node:net').Server} listener
   * @param {string} target
   */
  constructor(listener, target) {
    this.listener = listener;
    this.target = new URL(target);
    listener.on('connection', (socket) => this.#pass(socket));
  }

  /** @param {string} target the server's base url */
  static async start(target) {
    const listener = createServer({noDelay: true});
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Proxy(listener, target);
  }

  get url() {
    const address = /** @type {import('node:net').AddressInfo} */ (this.listener.address());
    return `http://127.0.0.1:${address.port}`;
  }

  /** Breaks every connection and refuses new ones. */
  cut() {
    this.#refuses = true;
    this.#isDeaf = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** From now on what the server answers is lost, while what it is told still arrives. */
  loseAnswers() {
    this.#isDeaf = true;
  }

  mend() {
    this.#refuses = false;
    this.#isDeaf = false;
  }

  async stop() {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  /** @param {import('node:net').Socket} client */
  #pass(client) {
    if (this.#refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(Number(this.target.port), this.target.hostname).setNoDelay(true);
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => this.#isDeaf || client.write(bytes));
  }
}
