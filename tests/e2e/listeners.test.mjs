// Goal: the public edge. Parts that are switched off or have a listener of their own, a path of a
// proxy's, files that browsers keep.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, request as ask1} from 'node:http';
import {connect} from 'node:net';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {gunzipSync} from 'node:zlib';

import {ChatPage, launch} from './support/browser.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {kRepository, kSolution, Server, run, temporaryFolder} from './support/server.mjs';

/**
 * A server of one test's own.
 * @param {import('node:test').TestContext} t
 * @param {string[]} more
 * @param {string} [logLevel]
 */
async function started(t, more, logLevel = 'warning') {
  const server = await Server.start({data: temporaryFolder(), more, logLevel});
  t.after(() => server.stop());
  return server;
}

/** @param {string} url */
async function statusOf(url) {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

describe('Parts of what is served', () => {
  test('can be switched off', async (t) => {
    const server = await started(t, ['--rest', 'off', '--page', 'off']);
    const {base_url: base, app_id: app} = server.ready;
    const ready = /** @type {any} */ (server.ready);
    assert.deepEqual([ready.rest, ready.rest_url, ready.chat_url], ['off', null, null]);
    assert.equal(await statusOf(`${base}/webhooks/rest`), 404);
    assert.equal(await statusOf(`${base}/chat/${app}`), 404);
    assert.equal(await statusOf(`${base}/assets/chat.js`), 404);
    assert.equal(await statusOf(`${base}/messaging/v1/consumers/anonymous_session`), 405);
    assert.equal(await statusOf(`${base}/healthz`), 200);
  });

  test('can have a listener of their own, where REST needs no key though people come by a proxy',
    async (t) => {
      const server = await started(t,
        ['--rest', '127.0.0.1:0', '--public-url', 'https://chat.example.com']);
      const ready = /** @type {any} */ (server.ready);
      assert.equal(ready.rest, 'open');
      const own = new URL(ready.rest_url).origin;
      assert.notEqual(own, server.ready.base_url);
      assert.match(ready.chat_url, /^https:\/\/chat\.example\.com\/chat\//);
      assert.equal(await statusOf(`${server.ready.base_url}/webhooks/rest`), 404);
      assert.equal(await statusOf(`${own}/chat/${server.ready.app_id}`), 404);
      assert.ok(textOf(await new RestTalker(own, randomUUID()).say('hi')));
    });

  test('a page without the API is refused, and so is one on another listener', async () => {
    const data = temporaryFolder();
    for (const more of [['--engagement', 'off'], ['--engagement', '127.0.0.1:0']]) {
      const {code, stderr} = await run(
        ['serve', '--solution', kSolution, '--data', data, '--listen', '127.0.0.1:0', ...more]);
      assert.equal(code, 1);
      assert.match(stderr, /chat page/);
    }
  });

  test('a warning says where others can ask in plain HTTP', async (t) => {
    const server = await started(t, ['--engagement', '0.0.0.0:0', '--page', 'off']);
    assert.match(server.stderr(), /in plain HTTP/);
    const local = await started(t, []);
    assert.doesNotMatch(local.stderr(), /in plain HTTP/);
  });
});

test('the page works below a path of a proxy, which passes it on or cuts it off', async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  for (const cuts of [false, true]) {
    const prefix = '/brands/talk';
    /** @type {string} */
    let target = '';
    const path = (/** @type {string | undefined} */ url) =>
      cuts ? String(url).replace(prefix, '') || '/' : String(url);
    const proxy = createServer((from, to) => {
      const passed = ask1(target + path(from.url), {method: from.method, headers: from.headers},
        (answer) => {
          to.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(to);
        });
      from.pipe(passed);
    });
    proxy.on('upgrade', (from, socket) => {
      const {port} = new URL(target);
      const onward = connect(Number(port), '127.0.0.1', () => {
        const headers = Object.entries(from.headers)
          .map(([name, value]) => `${name}: ${value}\r\n`);
        onward.write(`GET ${path(from.url)} HTTP/1.1\r\n${headers.join('')}\r\n`);
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket]) end.on('error', () => {});
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    t.after(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const address = /** @type {import('node:net').AddressInfo} */ (proxy.address());
    const origin = `http://127.0.0.1:${address.port}`;
    const server = await started(t, ['--public-url', origin + prefix]);
    target = server.ready.base_url;
    assert.equal(server.ready.chat_url, `${origin}${prefix}/chat/${server.ready.app_id}`);
    const first = await fetch(`${origin}${prefix}/`, {redirect: 'manual'});
    assert.equal(new URL(String(first.headers.get('location')), `${origin}${prefix}/`).href,
      server.ready.chat_url);
    const chat = await ChatPage.open(browser, server.ready.chat_url);
    await chat.type('hello');
    await chat.hear(/name/i);
    assert.deepEqual(chat.complaints, []);
  }
});

describe('The files of the page', () => {
  /** @type {Server} */
  let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder()});
  });
  after(() => server?.stop());

  /** @param {string} path @param {Record<string, string>} headers */
  const raw = async (path, headers) => {
    const asking = ask1(server.ready.base_url + path, {headers});
    asking.end();
    const [answer] = await once(asking, 'response');
    const parts = [];
    for await (const part of answer) parts.push(part);
    return {status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts)};
  };

  test('are named under a mark, packed, and kept for ever', async () => {
    const page = await raw(`/chat/${server.ready.app_id}`, {});
    assert.equal(page.headers['cache-control'], 'no-cache');
    const marked = /"\.\.(\/assets\/[0-9a-f]{16}\/[a-z0-9/_.-]+)"/g;
    const names = [...page.body.toString().matchAll(marked)].map(([, name]) => name);
    assert.ok(names.length >= 5, names.join(' '));
    let packed = 0;
    for (const name of names) {
      const path = name.replace(/^\/assets\/[0-9a-f]{16}\//, '');
      const file = readFileSync(join(kRepository, 'web/chat', path));
      const plain = await raw(name, {});
      assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(plain.headers.vary, 'Accept-Encoding');
      assert.deepEqual(plain.body, file);
      const small = await raw(name, {'Accept-Encoding': 'br;q=1, gzip;q=0.8'});
      assert.equal(small.headers['content-encoding'], 'gzip');
      // Packed without comments: whoever reads asks for the plain one.
      const unpacked = gunzipSync(small.body).length;
      assert.ok(unpacked > 0 && unpacked <= file.length, `${name}: ${unpacked} of ${file.length}`);
      assert.notEqual(small.headers.etag, plain.headers.etag);
      const tag = String(small.headers.etag);
      const known = await raw(name, {'Accept-Encoding': 'gzip', 'If-None-Match': tag});
      assert.equal(known.status, 304);
      packed += small.body.length;
    }
    assert.ok(packed < 45 * 1024, `${packed} bytes`);
    const refused = await raw(names[0], {'Accept-Encoding': 'gzip;q=0, identity'});
    assert.equal(refused.headers['content-encoding'], undefined);
  });

  test('are not there under another mark, and are asked for again without one', async () => {
    assert.equal((await raw('/assets/0000000000000000/chat.js', {})).status, 404);
    const unmarked = await raw('/assets/chat.js', {});
    assert.equal(unmarked.headers['cache-control'], 'no-cache');
  });
});
