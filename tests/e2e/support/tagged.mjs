// A brand's pages with the page tag on them, as the server serves it, and a collector elsewhere.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {Brand} from './brand.mjs';
import {launch} from './browser.mjs';
import {Collector} from './collector.mjs';
import {kRepository, Server, temporaryFolder} from './server.mjs';

export const kShop = 'shop.brand.example';

/** What a brand pastes: the stub without the words above it. */
export function stubText() {
  const text = readFileSync(join(kRepository, 'web/tag/stub.js'), 'utf8');
  return text.replace(/^(\/\/.*\n)+/, '');
}

export async function startTagged() {
  const server = await Server.start({data: temporaryFolder()});
  const collector = await Collector.start();
  const brand = await Brand.start();
  const address = `${server.ready.base_url}/tag/millrace-tag.js`;
  // The brand has the script under its own address as well, for a policy of 'self'.
  brand.putScript('/millrace-tag.js', await (await fetch(address)).text());
  const browser = await launch(['--host-resolver-rules=MAP *.example 127.0.0.1']);
  const endpoint = collector.origin('events.collector.example');

  /** @param {object} [options] @param {{src?: string, nonce?: string}} [how] */
  const snippet = (options = {}, {src = address, nonce = ''} = {}) => {
    const text = stubText()
      .replace('https://chat.example.com/tag/millrace-tag.js', src)
      .replace("{writeKey: 'WRITE_KEY'}", JSON.stringify({writeKey: 'WK', endpoint, ...options}));
    return `<script${nonce && ` nonce="${nonce}"`}>${text}</script>`;
  };

  /** A visitor's browser, with whatever it has kept. @param {() => void} [init] */
  async function visitor(init) {
    const context = await browser.newContext({locale: 'en-US'});
    if (init) await context.addInitScript(init);
    return {
      context,
      /** @param {string} path @param {string} [host] */
      async open(path, host = kShop) {
        const page = await context.newPage();
        page.setDefaultTimeout(20_000);
        /** @type {string[]} */
        const complaints = [];
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => {
          if (/Content Security Policy|Refused|millraceTag/.test(message.text())) {
            complaints.push(message.text());
          }
        });
        await page.goto(brand.origin(host) + path);
        return Object.assign(page, {complaints});
      },
      close: () => context.close(),
    };
  }

  return {
    server,
    collector,
    brand,
    browser,
    endpoint,
    address,
    snippet,
    visitor,
    stop: async () => {
      await browser.close();
      brand.stop();
      collector.stop();
      await server.stop();
    },
  };
}
