// What the chat page keeps and how it bears what befalls it: other tabs, other days, no network, no
// storage, an address without a chat; and what it leaves a person with at the end.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {after, before, describe, test} from 'node:test';

import {ChatPage, blockStorage, launch, violationsOf} from './support/browser.mjs';
import {answersOf, kAsks, kAsksInOrder, newPerson} from './support/people.mjs';
import {Proxy} from './support/proxy.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

describe('Chat page, kept', () => {
  /** @type {Server} */
  let server;
  /** @type {import('playwright-core').Browser} */
  let browser;

  before(async () => {
    server = await Server.start({data: temporaryFolder()});
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** @param {import('playwright-core').BrowserContext} context @param {string} [url] */
  async function open(context, url = server.ready.chat_url) {
    const chat = new ChatPage(await context.newPage());
    await chat.page.goto(url);
    return chat;
  }

  test('is the same conversation in the next tab, and when all tabs were closed', async () => {
    const context = await browser.newContext({locale: 'en-US'});
    const person = newPerson();
    const first = await open(context);
    await first.hear(kAsks.first);
    await first.type(person.first);
    await first.hear(kAsks.last);
    const second = await open(context);
    await second.hear(kAsks.last);
    assert.deepEqual(await second.saidByConsumer(), [person.first]);
    await second.type(person.last);
    await first.hear(kAsks.email);
    assert.deepEqual(await first.saidByConsumer(), [person.first, person.last]);
    await first.page.close();
    await second.page.close();
    const later = await open(context);
    await later.hear(kAsks.email);
    assert.deepEqual(await later.saidByConsumer(), [person.first, person.last]);
    await later.assertInOrder();
    await later.close();
  });

  test('says when there is no network, and when what was said is delivered', async () => {
    const proxy = await Proxy.start(server.ready.base_url);
    const context = await browser.newContext({locale: 'en-US'});
    const url = server.ready.chat_url.replace(server.ready.base_url, proxy.url);
    const chat = await open(context, url);
    await chat.hear(kAsks.first);
    proxy.cut();
    await chat.isInState('reconnecting');
    await chat.page.getByText('You are offline.').waitFor();
    assert.deepEqual(await violationsOf(chat.page), []);
    proxy.mend();
    await chat.isInState('online');
    await chat.page.getByText('You are offline.').waitFor({state: 'hidden'});
    await chat.type('Ada');
    await until('the mark', () => chat.page.locator('[data-side="consumer"] .note')
      .evaluate((note) => note.textContent?.includes('✓ Delivered')));
    await chat.close();
    await proxy.stop();
  });

  test('goes on in memory where nothing may be kept', async () => {
    const context = await browser.newContext({locale: 'en-US'});
    await context.addInitScript(blockStorage);
    const chat = await open(context);
    await chat.hear(kAsks.first);
    await chat.type('Ada');
    await chat.hear(kAsks.last);
    await chat.close();
  });

  test('ends with a text to keep and one way to begin anew', async () => {
    const context = await browser.newContext({locale: 'en-US'});
    const chat = await open(context);
    const person = newPerson();
    for (const [at, text] of answersOf(person).entries()) {
      await chat.hear(kAsksInOrder[at]);
      await chat.type(text);
    }
    await chat.isInState('ended');
    assert.equal(await chat.page.getByRole('button', {name: 'New conversation'}).count(), 1);
    const [download] = await Promise.all([
      chat.page.waitForEvent('download'),
      chat.page.getByRole('button', {name: 'Save transcript'}).click(),
    ]);
    assert.match(download.suggestedFilename(), /\.txt$/);
    const text = readFileSync(await download.path(), 'utf8');
    for (const said of answersOf(person)) assert.ok(text.includes(`You: ${said}`), text);
    await chat.close();
  });

  test('without scripts says so, and shows nothing that does not work', async () => {
    const context = await browser.newContext({javaScriptEnabled: false});
    const page = await context.newPage();
    await page.goto(server.ready.chat_url);
    // This way of switching scripts off leaves what stands in noscript a text.
    assert.match(await page.content(), /<noscript>.*needs JavaScript.*<\/noscript>/);
    assert.equal(await page.locator('button:visible, textarea:visible').count(), 0);
    assert.notEqual(await page.locator('h1').innerText(), 'Millrace', 'the name is the bot’s');
    await context.close();
  });

  test('says what to do where there is no chat', async () => {
    const page = await browser.newPage();
    const answer = await page.goto(`${server.ready.base_url}/chat/${randomUUID()}`);
    assert.equal(answer?.status(), 404);
    await page.getByRole('heading', {name: 'There is no chat at this address.'}).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.close();
  });
});
