// The SDK on pages of others, in Chromium: the snippet of each kind, a strict policy, a page that
// draws itself anew, two chats on one page, blocked storage, and pages that may not.

import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {after, before, describe, test} from 'node:test';

import {blockStorage, violationsOf} from './support/browser.mjs';
import {sessionBody} from './support/engagement.mjs';
import {startShop} from './support/shop.mjs';
import {until} from './support/until.mjs';

const kShop = 'shop.brand.example';
const kStranger = 'stranger.example';
describe('SDK', () => {
  /** @type {Awaited<ReturnType<typeof startShop>>} */
  let shop;

  before(async () => {
    shop = await startShop();
  });
  after(() => shop?.stop());

  /**
   * @param {string} path
   * @param {{host?: string, init?: () => void}} [how]
   */
  async function visit(path, {host = kShop, init} = {}) {
    const context = await shop.browser.newContext({locale: 'en-US'});
    if (init) await context.addInitScript(init);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    /** @type {string[]} */
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(shop.brand.origin(host) + path);
    return {page, complaints, close: () => context.close()};
  }

  /** @param {import('playwright-core').Page} page @param {string} [selector] of the frame */
  const chatIn = (page, selector = 'iframe') => page.frameLocator(selector);

  /**
   * @param {import('playwright-core').FrameLocator} chat
   * @param {string} text
   */
  async function say(chat, text) {
    await chat.locator('#message').fill(text);
    await chat.locator('#message').press('Enter');
  }

  test('puts a bubble on a page with a strict policy, and a chat behind it', async () => {
    const base = shop.server.ready.base_url;
    shop.brand.put(
      '/strict',
      shop.snippet(),
      `default-src 'none'; script-src ${base}; frame-src ${base}; base-uri 'none'`,
    );
    const {page, complaints, close} = await visit('/strict');
    const bubble = page.getByRole('button', {name: 'Open the chat'});
    assert.equal(
      await page.locator('iframe').count(),
      0,
      'nothing is loaded that nobody asked for',
    );
    await bubble.click();
    const chat = chatIn(page);
    await chat.locator('[data-side="bot"]', {hasText: 'Hello there!'}).waitFor();
    await say(chat, 'shoes');
    await chat.locator('[data-side="bot"]', {hasText: 'You said shoes.'}).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    // The bubble wears the solution's colour once it knows it.
    const ground = await page
      .locator('.launcher')
      .evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.equal(ground, 'rgb(122, 31, 92)');
    await chat.getByRole('button', {name: 'Hide the chat'}).click();
    await bubble.waitFor();
    assert.equal(
      await page.evaluate(
        () => document.querySelector('.millrace-widget')?.shadowRoot?.activeElement?.className,
      ),
      'launcher ps-launcher-avatar-wrapper',
      'the focus comes back',
    );
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is there on a page that lets scripts in by a nonce alone', async () => {
    const base = shop.server.ready.base_url;
    shop.brand.put(
      '/nonce',
      shop.snippet().replace('<script', '<script nonce="abc"'),
      `default-src 'none'; script-src 'nonce-abc'; frame-src ${base}`,
    );
    const {page, complaints, close} = await visit('/nonce');
    await page.getByRole('button', {name: 'Open the chat'}).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('counts what nobody has seen, and tells it to the page that may hear it', async () => {
    shop.brand.put('/unread', shop.snippet());
    const {page, close} = await visit('/unread');
    await page.evaluate(() => {
      /** @type {any[]} */
      const heard = [];
      /** @type {any} */ (window).heard = heard;
      for (const name of ['message', 'unread', 'open', 'close', 'ready']) {
        /** @type {any} */ (window).Millrace.on(name, (/** @type {any} */ payload) =>
          heard.push([name, payload]),
        );
      }
      /** @type {any} */ (window).Millrace.open();
    });
    const chat = chatIn(page);
    await chat.locator('[data-side="bot"]', {hasText: 'Hello there!'}).waitFor();
    await chat.locator('#message').fill('boots');
    // Said and hidden at once: the answer comes when nobody looks.
    await chat.locator('#composer').evaluate((form) => {
      /** @type {HTMLFormElement} */ (form).requestSubmit();
      window.parent.postMessage({type: 'CHAT_HIDE'}, '*');
    });
    const badge = page.getByRole('button', {name: /New message \(\d\)/});
    await badge.waitFor();
    await badge.click();
    await page.getByRole('button', {name: 'Close the chat'}).waitFor();
    /** @type {[string, any][]} */
    const heard = await page.evaluate(() => /** @type {any} */ (window).heard);
    const texts = heard.filter(([name]) => name === 'message').map(([, {text}]) => text);
    assert.ok(texts.includes('You said boots.'), JSON.stringify(heard));
    const names = heard.map(([name]) => name);
    for (const name of ['ready', 'open', 'close', 'unread']) assert.ok(names.includes(name), name);
    assert.deepEqual(heard.filter(([name]) => name === 'unread').at(-1), ['unread', 0]);
    await close();
  });

  test('comes back with its conversation on a page that throws it out', async () => {
    shop.brand.put('/spa', shop.snippet());
    const {page, close} = await visit('/spa');
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await say(chatIn(page), 'hats');
    await chatIn(page).locator('[data-side="bot"]', {hasText: 'You said hats.'}).waitFor();
    for (let round = 0; round < 2; ++round) {
      // What a router does: another page, and the snippet again.
      await page.evaluate(
        ([src, app]) => {
          history.pushState({}, '', `?route=${Math.random()}`);
          document.body.innerHTML = '<main><h1>Another page</h1></main>';
          const script = document.createElement('script');
          Object.assign(script, {src, async: true});
          script.dataset.app = app;
          document.body.append(script);
        },
        [`${shop.sdk}/launcher.js`, shop.server.ready.app_id],
      );
      await until('one bubble', async () => (await page.locator('.millrace-widget').count()) === 1);
    }
    await page.evaluate(() => /** @type {any} */ (window).Millrace.open());
    await chatIn(page).locator('[data-side="consumer"]', {hasText: 'hats'}).waitFor();
    await page.evaluate(() => /** @type {any} */ (window).Millrace.destroy());
    assert.equal(await page.locator('.millrace-widget').count(), 0);
    await close();
  });

  test('puts two chats into the elements of one page, and tells them apart', async () => {
    shop.brand.put(
      '/two',
      `<div id="one" style="height:400px"></div><div id="two" style="height:400px"></div>
      <script type="module">
        import {createChat} from '${shop.sdk}/millrace.js';
        window.heard = {};
        for (const id of ['one', 'two']) {
          const target = document.getElementById(id);
          window[id] = createChat({appId: '${shop.server.ready.app_id}', target});
          window.heard[id] = [];
          window[id].on('message', ({text}) => window.heard[id].push(text));
        }
      </script>`,
    );
    const {page, complaints, close} = await visit('/two');
    const [one, two] = ['#one iframe', '#two iframe'].map((selector) => chatIn(page, selector));
    for (const chat of [one, two])
      await chat.locator('[data-side="bot"]', {hasText: 'Hello'}).first().waitFor();
    await page.evaluate(() => /** @type {any} */ (window).one.track('checkout', {total: 7}));
    await say(one, 'gloves');
    await one.locator('[data-side="bot"]', {hasText: /You said gloves/}).waitFor();
    const heard = await until('the answer', () =>
      page.evaluate(() => {
        const {one: texts} = /** @type {any} */ (window).heard;
        return (
          texts.some((/** @type {string} */ text) => text.includes('gloves')) &&
          /** @type {any} */ (window).heard
        );
      }),
    );
    assert.ok(heard.one.includes('You said gloves, and the total is 7.'), JSON.stringify(heard));
    await page.evaluate(() => /** @type {any} */ (window).two.destroy());
    assert.equal(await page.locator('iframe').count(), 1);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('works where storage is blocked', async () => {
    shop.brand.put('/blocked', shop.snippet());
    const {page, complaints, close} = await visit('/blocked', {
      init: blockStorage,
    });
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await say(chatIn(page), 'socks');
    await chatIn(page).locator('[data-side="bot"]', {hasText: 'You said socks.'}).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is not framed by a page that solution.yaml does not list', async () => {
    shop.brand.put('/stranger', shop.snippet());
    const {page, complaints, close} = await visit('/stranger', {host: kStranger});
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await until('a refusal', () => complaints.some((words) => words.includes('frame-ancestors')));
    assert.equal(await chatIn(page).locator('#log').count(), 0);
    for (const headers of [{Origin: shop.brand.origin(kStranger)}, {Origin: 'null'}]) {
      const answer = await fetch(
        `${shop.server.ready.base_url}/messaging/v1/consumers/anonymous_session`,
        {
          method: 'POST',
          headers: {...headers, 'Content-Type': 'application/json'},
          body: JSON.stringify(sessionBody(shop.server.ready.app_id)),
        },
      );
      assert.equal(answer.status, 403);
    }
    await close();
  });

  test('stays small, and is kept by browsers for a while', async () => {
    const answer = await fetch(`${shop.sdk}/launcher.js`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    const packed = gzipSync(await answer.text()).length;
    assert.ok(packed < 3_000, `the loader has ${packed} bytes`);
    const tag = answer.headers.get('etag');
    const again = await fetch(`${shop.sdk}/launcher.js`, {headers: {'If-None-Match': String(tag)}});
    assert.equal(again.status, 304);
  });
});
