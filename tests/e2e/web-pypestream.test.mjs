// Pages made for Pypestream's SDK, with another address in their snippet: every member in both
// calling styles, inline and window mode, the self-starting widget, events, and the messages that
// customers' pages listen to.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {Brand} from './support/brand.mjs';
import {launch} from './support/browser.mjs';
import {kAsks} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kMembers = [
  'config',
  'boot',
  'show',
  'hide',
  'toggle',
  'isVisible',
  'shutdown',
  'restartChat',
  'updatePypestreamConfig',
  'onShow',
  'onHide',
  'onChatEnd',
  'onChatRestart',
  'onSetupComplete',
  'onFirstMessage',
  'onMount',
  'registerForEvents',
];

describe('Pypestream SDK', () => {
  /** @type {Server} */
  let server;
  /** @type {Brand} */
  let brand;
  /** @type {import('playwright-core').Browser} */
  let browser;
  let config = '';

  before(async () => {
    brand = await Brand.start();
    server = await Server.start({data: temporaryFolder()});
    config = `{APP_ID: '${server.ready.app_id}', first_name: 'Ada', language: 'en'}`;
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    brand?.stop();
    await server?.stop();
  });

  /** @param {string} path @param {string} body */
  async function visit(path, body) {
    brand.put(path, body);
    const context = await browser.newContext({locale: 'en-US'});
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    /** @type {string[]} */
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    /** What the chat sends. @type {string[]} */
    const sent = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({payload}) => sent.push(String(payload))),
    );
    await page.goto(brand.origin('127.0.0.1') + path);
    return {page, said, sent, close: () => context.close()};
  }

  const loader = (/** @type {string} */ name = 'launcher.js') =>
    `<script src="${server.ready.base_url}/sdk/${name}"></script>`;

  test('has all members at once, in both calling styles, and warns as published', async () => {
    const {page, said, close} = await visit('/members', loader('api-launcher.js'));
    const types = await page.evaluate(
      (names) => names.map((name) => typeof (/** @type {any} */ (window).Pypestream[name])),
      kMembers,
    );
    assert.deepEqual(
      types,
      kMembers.map(() => 'function'),
    );
    assert.equal(
      await page.evaluate(() => /** @type {any} */ (window).Pypestream('isVisible')),
      false,
    );
    await page.evaluate(() => {
      const {Pypestream} = /** @type {any} */ (window);
      Pypestream.show();
      Pypestream('boot', {});
      Pypestream.registerForEvents('checkout');
    });
    for (const words of [
      "You must call Pypestream.boot() before 'show'.",
      'You must provide an APP_ID string in the config object.',
      'You must pass array of custom events',
    ]) {
      await until(words, () => said.includes(words));
    }
    await close();
  });

  test('boots into an element, shows, hides, restarts and shuts down, and tells each', async () => {
    const {page, close} = await visit(
      '/inline',
      `<div id="here" style="height:600px"></div>${loader()}
      <script>
        window.told = [];
        window.posted = [];
        window.addEventListener('message', ({data}) => data.type && posted.push(data.type));
        for (const name of ['onMount', 'onSetupComplete', 'onFirstMessage', 'onShow', 'onHide',
          'onChatRestart']) {
          Pypestream[name](() => told.push(name));
          Pypestream(name, () => told.push(name + ' again'));
        }
        Pypestream.config({debugMode: true});
        Pypestream('boot', ${config}, document.getElementById('here'));
      </script>`,
    );
    const chat = page.frameLocator(
      '#pypestream-wrapper.ps-pypestream-wrapper.showing #pypestream-iframe',
    );
    await chat.locator('[data-side="bot"]', {hasText: kAsks.first}).waitFor();
    const call = (/** @type {string} */ name) =>
      page.evaluate((method) => /** @type {any} */ (window).Pypestream[method](), name);
    assert.equal(await call('isVisible'), true);
    await call('hide');
    assert.equal(await call('isVisible'), false);
    assert.equal(await page.locator('#pypestream-wrapper').isVisible(), false);
    await call('toggle');
    assert.equal(await page.locator('#pypestream-wrapper').isVisible(), true);
    await call('restartChat');
    const told = await until('all that is told', () =>
      page.evaluate(() => {
        const all = /** @type {any} */ (window).told;
        return all.includes('onChatRestart again') && all;
      }),
    );
    for (const name of [
      'onMount',
      'onSetupComplete',
      'onFirstMessage',
      'onShow',
      'onHide',
      'onChatRestart',
    ]) {
      assert.ok(
        told.indexOf(name) >= 0 && told.indexOf(name) < told.indexOf(`${name} again`),
        name,
      );
    }
    const posted = await page.evaluate(() => /** @type {any} */ (window).posted);
    for (const type of [
      'APP_MOUNT',
      'BOOT_FINISHED',
      'SETUP_COMPLETED',
      'FIRST_MESSAGE_RECEIVED',
      'CHAT_HIDE',
      'CHAT_SHOW',
      'CHAT_RESTARTED',
    ]) {
      assert.ok(posted.includes(type), `${type} of ${posted}`);
    }
    await call('shutdown');
    assert.equal(await page.locator('iframe').count(), 0);
    assert.equal(await page.evaluate(() => localStorage.getItem('pypestream-chat-visible')), null);
    await page.evaluate(
      (given) =>
        /** @type {any} */ (window).Pypestream.boot(
          {APP_ID: given},
          document.getElementById('here'),
        ),
      server.ready.app_id,
    );
    await chat.locator('[data-side="bot"]').first().waitFor();
    await close();
  });

  test('boots into a window of its own, from a press', async () => {
    const {page, said, close} = await visit(
      '/window',
      `${loader()}
      <button onclick="Pypestream.boot(${config})">Talk to us</button>`,
    );
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', {name: 'Talk to us'}).click(),
    ]);
    await popup.locator('[data-side="bot"]', {hasText: kAsks.first}).waitFor();
    await page.evaluate(() => /** @type {any} */ (window).Pypestream.hide());
    await until('the warning', () => said.includes("Cannot hide chat in display mode 'window'."));
    await page.evaluate(() => /** @type {any} */ (window).Pypestream.shutdown());
    await until('no window', () => popup.isClosed());
    await close();
  });

  test('starts by itself where pypestreamConfig is, and style sheets reach it', async () => {
    const {page, close} = await visit(
      '/widget',
      `<style>.ps-launcher-wrapper { outline: 3px solid red; }</style>
      <script>window.pypestreamConfig = ${config};</script>${loader()}`,
    );
    await page.getByRole('button', {name: 'Open the chat'}).click();
    await page
      .frameLocator('.ps-conversation-tray iframe')
      .locator('[data-side="bot"]', {hasText: kAsks.first})
      .waitFor();
    const outline = await page
      .locator('.ps-launcher-wrapper')
      .evaluate((one) => getComputedStyle(one).outlineColor);
    assert.equal(outline, 'rgb(255, 0, 0)');
    assert.equal(
      await page.evaluate(() => /** @type {any} */ (window).Pypestream.isVisible()),
      true,
    );
    await close();
  });

  test('registers for events in both forms, and tells of another address', async () => {
    const {page, sent, close} = await visit(
      '/events',
      `<div id="here" style="height:600px"></div><div id="cart"></div>
      ${loader()}<script>
        window.own = [];
        Pypestream.registerForEvents(['checkout'], window, [{name: 'before', a: 1}]);
        Pypestream.registerForEvents({added: (event) => own.push(event.detail)}, 'cart', true);
        Pypestream.boot(${config}, document.getElementById('here'));
      </script>`,
    );
    const chat = page.frameLocator('#pypestream-iframe');
    await chat.locator('[data-side="bot"]', {hasText: kAsks.first}).waitFor();
    await page.evaluate(() => {
      const added = new CustomEvent('added', {detail: {what: 'hat'}});
      document.getElementById('cart')?.dispatchEvent(added);
      window.dispatchEvent(new CustomEvent('checkout', {detail: {total: 5}}));
      history.pushState({}, '', '?elsewhere');
      document.body.append(document.createElement('p'));
    });
    for (const words of ['"before"', '"added"', '"checkout"', 'elsewhere']) {
      await until(`${words} to be told`, () =>
        sent.some((text) => text.includes('chat:event') && text.includes(words)),
      );
    }
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).own), [{what: 'hat'}]);
    await close();
  });
});
