// The snippet on pages as brands make them: with jQuery, which loads scripts in ways of its own,
// and with React, which puts things in, takes them out and puts them in again.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {violationsOf} from './support/browser.mjs';
import {startShop} from './support/shop.mjs';
import {until} from './support/until.mjs';

const kShop = 'shop.brand.example';

describe('The snippet', () => {
  /** @type {Awaited<ReturnType<typeof startShop>>} */
  let shop;

  before(async () => {
    shop = await startShop();
    const require = createRequire(import.meta.url);
    for (const [path, name, file] of [
      ['/jquery.js', 'jquery', 'dist/jquery.min.js'],
      // With its checks, among them that everything can be taken out again.
      ['/react.js', 'react', 'umd/react.development.js'],
      ['/react-dom.js', 'react-dom', 'umd/react-dom.development.js'],
    ]) {
      const folder = dirname(require.resolve(`${name}/package.json`));
      shop.brand.putScript(path, readFileSync(join(folder, file), 'utf8'));
    }
  });
  after(() => shop?.stop());

  /** @param {string} path */
  async function visit(path) {
    const context = await shop.browser.newContext({locale: 'en-US'});
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    /** @type {string[]} */
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/favicon|404/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(shop.brand.origin(kShop) + path);
    return {page, complaints, close: () => context.close()};
  }

  /** @param {import('playwright-core').FrameLocator} chat @param {string} text */
  async function talk(chat, text) {
    await chat.locator('[data-side="bot"]', {hasText: 'Hello there!'}).first().waitFor();
    await chat.locator('#message').fill(text);
    await chat.locator('#message').press('Enter');
    await chat.locator('[data-side="bot"]', {hasText: `You said ${text}.`}).waitFor();
  }

  test('works beside jQuery, whose `$` and events stay as they were', async () => {
    shop.brand.put(
      '/jquery',
      `<script src="/jquery.js"></script>${shop.snippet()}
      <aside><button id="own">Ask us</button><p id="presses">0</p></aside>
      <script>
        $(function () {
          let presses = 0;
          $(document).on('click', function () { $('#presses').text(++presses); });
          $('#own').on('click', function () { Millrace.open(); });
        });
      </script>`,
    );
    const {page, complaints, close} = await visit('/jquery');
    await page.getByRole('button', {name: 'Open the chat'}).waitFor();
    await page.getByRole('button', {name: 'Ask us'}).click();
    await talk(page.frameLocator('iframe'), 'shoes');
    assert.equal(await page.locator('#presses').textContent(), '1');
    assert.equal(
      await page.evaluate(() => /** @type {any} */ (window).$.fn.jquery),
      '3.7.1',
    );
    assert.deepEqual(await violationsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('works when jQuery puts it in, which loads the file in its own way', async () => {
    shop.brand.put(
      '/appended',
      `<script src="/jquery.js"></script>
      <script>
        $(function () {
          $('body').append(${JSON.stringify(shop.snippet()).replace('</', '<\\/')});
        });
      </script>`,
    );
    const {page, complaints, close} = await visit('/appended');
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await talk(page.frameLocator('iframe'), 'boots');
    assert.equal(await page.locator('.millrace-widget').count(), 1);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('works as a part of a React page, which mounts it twice and takes it out', async () => {
    shop.brand.put(
      '/react',
      `<div id="root"></div><script src="/react.js"></script><script src="/react-dom.js"></script>
      <script type="module">
        const {createElement: h, useEffect, useRef, useState, StrictMode} = React;
        function Chat() {
          const place = useRef(null);
          useEffect(() => {
            let chat = null;
            let isGone = false;
            import('${shop.sdk}/millrace.js').then(({createChat}) => {
              if (isGone) return;
              chat = createChat({appId: '${shop.server.ready.app_id}', target: place.current});
              chat.on('message', ({text}) => window.heard.push(text));
            });
            return () => { isGone = true; chat?.destroy(); };
          }, []);
          return h('div', {ref: place, id: 'place', style: {height: 400}});
        }
        function Bubble() {
          useEffect(() => {
            const script = document.createElement('script');
            script.src = '${shop.sdk}/launcher.js';
            script.dataset.app = '${shop.server.ready.app_id}';
            document.body.append(script);
            return () => { script.remove(); window.Millrace?.destroy(); };
          }, []);
          return null;
        }
        function Shop() {
          const [where, go] = useState('home');
          return h('div', null,
            h('p', {id: 'where'}, where),
            ['home', 'help', 'bubble'].map((to) =>
              h('button', {key: to, onClick: () => go(to)}, 'To ' + to)),
            where === 'help' && h(Chat),
            where === 'bubble' && h(Bubble));
        }
        window.heard = [];
        ReactDOM.createRoot(document.getElementById('root')).render(h(StrictMode, null, h(Shop)));
      </script>`,
    );
    const {page, complaints, close} = await visit('/react');
    const go = async (/** @type {string} */ to) => {
      await page.getByRole('button', {name: `To ${to}`}).click();
      await page.locator('#where', {hasText: to}).waitFor();
    };
    await go('help');
    const frame = page.frameLocator('#place iframe');
    await talk(frame, 'gloves');
    assert.equal(await page.locator('iframe').count(), 1, 'once, although it was mounted twice');
    await until('the page hears it', () =>
      page.evaluate(() =>
        /** @type {any} */ (window).heard.some((/** @type {string} */ text) => /gloves/.test(text)),
      ),
    );
    await go('home');
    assert.equal(await page.locator('iframe').count(), 0);
    await go('help');
    await frame.locator('[data-side="consumer"]', {hasText: 'gloves'}).waitFor();
    await go('bubble');
    await page.getByRole('button', {name: 'Open the chat'}).waitFor();
    assert.equal(await page.locator('.millrace-widget').count(), 1);
    await go('home');
    await until('no bubble', async () => (await page.locator('.millrace-widget').count()) === 0);
    await go('bubble');
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await page
      .frameLocator('iframe')
      .locator('[data-side="consumer"]', {hasText: 'gloves'})
      .waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });
});
