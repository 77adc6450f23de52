// What the chat page weighs on the wire, as a browser counts it: all kinds of messages together,
// and what of it the first words wait for.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {ChatPage, launch} from './support/browser.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {kShowcase, servePages, walk} from './support/showcase.mjs';
import {until} from './support/until.mjs';

const kBytesMax = 45_000;
const kRare = /\/assets\/(carousel|day|imagebutton|list|range|stars|time|upload|webview)\.js/;

describe('Weight', () => {
  /** @type {Server} */
  let server;
  /** @type {import('playwright-core').Browser} */
  let browser;

  before(async () => {
    server = await Server.start({data: temporaryFolder(), solutions: [kShowcase]});
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** @param {string} locale @param {string} [query] */
  async function open(locale, query = '') {
    const context = await browser.newContext({locale, reducedMotion: 'reduce'});
    await servePages(context);
    const chat = new ChatPage(await context.newPage());
    /** @type {{path: string, body: number, headers: number}[]} */
    const files = [];
    chat.page.on('requestfinished', async (request) => {
      const {pathname} = new URL(request.url());
      if (!/^\/(chat|assets)\//.test(pathname)) return;
      const sizes = await request.sizes();
      files.push({
        path: pathname,
        body: sizes.responseBodySize,
        headers: sizes.responseHeadersSize,
      });
    });
    return {chat, files, go: () => chat.page.goto(server.ready.chat_url + query)};
  }

  // Arabic: English, which is always there, and the largest of the others.
  test('all kinds together stay under 45 KB', async () => {
    const {chat, files, go} = await open('ar-EG');
    await go();
    await chat.choice('متوسط').waitFor();
    await until('every kind', () => files.filter(({path}) => kRare.test(path)).length === 9);
    const bytes = files.reduce((sum, {body}) => sum + body, 0);
    const headers = files.reduce((sum, file) => sum + file.headers, 0);
    console.log(`${files.length} files, ${bytes} bytes of bodies, ${headers} of headers`);
    assert.ok(files.some(({path}) => path.endsWith('/words/ar.js')));
    assert.ok(bytes > 10_000 && bytes < kBytesMax, `${bytes} bytes`);
    await chat.close();
  });

  test('no file goes out with its comments', async () => {
    const {chat, files, go} = await open('en-US');
    await go();
    await until('every kind', () => files.filter(({path}) => kRare.test(path)).length === 9);
    for (const {path} of files.filter(({path}) => path.startsWith('/assets/'))) {
      const text = await (await fetch(server.ready.base_url + path)).text();
      assert.doesNotMatch(text, /^\s*(\/\/|\/\*\*|\* @)|@(param|typedef|returns)/m, path);
    }
    await chat.close();
  });

  test('every answer says once that browsers are not to guess what it is', async () => {
    for (const path of [`/chat/${server.ready.app_id}`, '/assets/chat.js', '/sdk/launcher.js', '/',
      '/nothing', '/healthz', '/messaging/v1/openapi.json', '/preview.html']) {
      const answer = await fetch(server.ready.base_url + path, {redirect: 'manual'});
      // Said twice, it would be "nosniff, nosniff".
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path);
    }
    const inspector = await fetch(server.ready.braze_sandbox_url);
    assert.equal(inspector.headers.get('x-content-type-options'), 'nosniff');
  });

  test('the first words wait for no kind that they do not have', async () => {
    const {chat, go} = await open('en-US');
    // Whatever is loaded later never comes.
    await chat.page.route(kRare, () => {});
    await go();
    await chat.choice('Medium').waitFor();
    await chat.choice('Medium').click();
    await chat.choice('Go on').waitFor();
    await chat.page.context().close();
  });

  test('a kind that could not be had comes when the network does', async () => {
    const {chat, go} = await open('en-US');
    let refused = 0;
    const isDown = /** @param {URL} url */ (url) => kRare.test(url.pathname);
    await chat.page.route(isDown, (route) => {
      ++refused;
      return route.abort();
    });
    await go();
    await walk(chat, undefined, 1);
    await chat.choice('Go on').click();
    const place = chat.page.locator('[data-kind="listpicker"] .asset');
    await place.waitFor({state: 'attached'});
    assert.equal(await place.locator('button').count(), 0);
    assert.ok(refused >= 9);
    await chat.page.unroute(isDown);
    // What the browser says when it is back.
    await chat.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await place.getByRole('searchbox').fill('evora');
    await place.getByRole('searchbox').press('Enter');
    await chat.page.locator('[data-side="consumer"]', {hasText: 'Évora'}).waitFor();
    await chat.page.context().close();
  });
});
