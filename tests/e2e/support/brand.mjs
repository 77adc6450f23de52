// A brand's website: pages of another origin than the server's, with whatever a test puts on them,
// under as strict a policy as it likes.

import {once} from 'node:events';
import {createServer} from 'node:http';

export class Brand {
  /** @type {Map<string, {html: string, policy?: string, type?: string}>} */
  #pages = new Map();
  #server = createServer((request, response) => {
    const page = this.#pages.get(String(request.url).split('?')[0]);
    response.setHeader('Content-Type', page?.type ?? 'text/html; charset=utf-8');
    if (page?.policy) response.setHeader('Content-Security-Policy', page.policy);
    response.statusCode = page ? 200 : 404;
    response.end(page?.html ?? 'nothing here');
  });

  static async start() {
    const brand = new Brand();
    brand.#server.listen(0, '127.0.0.1');
    await once(brand.#server, 'listening');
    return brand;
  }

  get port() {
    return /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
  }

  /**
   * @param {string} path
   * @param {string} body
   * @param {string} [policy] of content
   */
  put(path, body, policy) {
    const html = `<!doctype html><html lang="en"><head><title>Shop</title></head><body>
      <main><h1>A shop</h1></main>${body}</body></html>`;
    this.#pages.set(path, {html, policy});
  }

  /**
   * A script, as a page of the brand's names it.
   * @param {string} path
   * @param {string} text
   */
  putScript(path, text) {
    this.#pages.set(path, {html: text, type: 'text/javascript; charset=utf-8'});
  }

  /** @param {string} host such as shop.brand.example */
  origin(host) {
    return `http://${host}:${this.port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
