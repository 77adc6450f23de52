// The chat page in a real browser, used the way people use it: typing, choosing, reloading, losing
// the network, and without a mouse.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';

import {ChatPage, launch} from './support/browser.mjs';
import {readSnapshot} from './support/engagement.mjs';
import {answersOf, assertProfile, exportProfile, kAsks, kAsksInOrder, newPerson, setFaults}
  from './support/people.mjs';
import {Proxy} from './support/proxy.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

describe('Chat page', () => {
  /** @type {Server} */
  let server;
  /** @type {Proxy} */
  let proxy;
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {ChatPage[]} */
  let pages = [];

  before(async () => {
    server = await Server.start({data: temporaryFolder()});
    browser = await launch();
  });
  beforeEach(async () => {
    proxy = await Proxy.start(server.ready.base_url);
  });
  afterEach(async () => {
    const closing = pages;
    pages = [];
    try {
      for (const chat of closing) await chat.close();
    } finally {
      await proxy.stop();
    }
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** @param {import('playwright-core').BrowserContextOptions} [options] */
  async function open(options) {
    const url = server.ready.chat_url.replace(server.ready.base_url, proxy.url);
    const chat = await ChatPage.open(browser, url, options);
    pages.push(chat);
    return chat;
  }

  /**
   * Gives so many of the answers, each to its question.
   * @param {ChatPage} chat
   * @param {import('./support/people.mjs').Person} person
   * @param {{from?: number, to?: number}} [which]
   */
  async function answer(chat, person, {from = 0, to = 6} = {}) {
    for (const [at, text] of answersOf(person).entries()) {
      if (at < from || at >= to) continue;
      await chat.hear(kAsksInOrder[at]);
      await chat.type(text);
    }
  }

  test('takes six typed answers to a profile', async () => {
    const chat = await open({
      viewport: {width: 1280, height: 900}, deviceScaleFactor: 2, colorScheme: 'light',
    });
    const person = newPerson({email: 'ada@example.com'});
    await answer(chat, person, {to: 5});
    await chat.choice('Linux').waitFor();
    const picture = process.env.MILLRACE_SCREENSHOT;
    if (picture) {
      await chat.page.locator('#log').evaluate((log) =>
        Promise.all(log.getAnimations({subtree: true}).map((animation) => animation.finished)));
      await chat.page.screenshot({path: picture});
    }
    await chat.type(person.system);
    await chat.hear(/Thanks Ada/);
    await chat.assertInOrder();
    assert.deepEqual(await chat.saidByConsumer(), answersOf(person));
    await assertProfile(server.ready, person);
  });

  test('offers a new conversation when one has ended', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 5});
    await chat.choice('Linux').click();
    await chat.hear(kAsks.thanks);
    await chat.isInState('ended');
    await assertProfile(server.ready, person);
    assert.ok(!(await chat.input.isVisible()));
    assert.ok(await chat.choice('Linux').isDisabled());
    const former = await chat.session();
    await chat.page.locator('#again').click();
    await chat.hear(kAsks.first);
    assert.deepEqual(await chat.saidByConsumer(), []);
    assert.notEqual((await chat.session()).chat_id, former.chat_id);
  });

  test('asks before it throws an open conversation away', async () => {
    const chat = await open();
    await answer(chat, newPerson(), {to: 1});
    await chat.hear(kAsks.last);
    const former = await chat.session();
    const restart = chat.page.locator('#restart');
    await restart.click();
    await chat.page.getByRole('button', {name: 'Really start over?'}).click();
    await until('an empty conversation', async () => (await chat.saidByConsumer()).length === 0);
    await chat.hear(kAsks.first);
    await until('the former one to be ended', async () =>
      (await readSnapshot(server.ready, former)).status === 'ended');
  });

  test('goes on after a reload', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 3});
    await chat.hear(kAsks.born);
    const before = await chat.said();
    await chat.page.reload();
    await until('the same log', async () =>
      JSON.stringify(await chat.said()) === JSON.stringify(before));
    await answer(chat, person, {from: 3});
    await chat.hear(/Thanks Ada/);
    await chat.page.reload();
    await chat.isInState('ended');
    await chat.assertInOrder();
    assert.deepEqual(await chat.saidByConsumer(), answersOf(person));
    await assertProfile(server.ready, person);
  });

  test('delivers once what is typed while the network is away', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 1});
    await chat.hear(kAsks.last);
    proxy.cut();
    await chat.page.context().setOffline(true);
    await chat.isInState('reconnecting');
    await chat.type(person.last);
    await chat.type(person.email);
    assert.equal(await chat.page.locator('[data-state="sending"]').count(), 2);
    proxy.mend();
    await chat.page.context().setOffline(false);
    await chat.hear(kAsks.born);
    await answer(chat, person, {from: 3});
    await chat.hear(/Thanks Ada/);
    await chat.assertInOrder();
    assert.deepEqual(await chat.saidByConsumer(), answersOf(person));
    await assertProfile(server.ready, person);
  });

  test('delivers once what was typed before a reload without a network', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 1});
    await chat.hear(kAsks.last);
    proxy.cut();
    await chat.isInState('reconnecting');
    await chat.type(person.last);
    proxy.mend();
    await chat.page.reload();
    await chat.hear(kAsks.email);
    assert.deepEqual(await chat.saidByConsumer(), answersOf(person).slice(0, 2));
    await chat.assertInOrder();
  });

  test('does not say twice what was accepted when the answer got lost', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 1});
    await chat.hear(kAsks.last);
    const session = await chat.session();
    proxy.loseAnswers();
    await chat.type(person.last);
    await until('the server to have it', async () =>
      (await readSnapshot(server.ready, session)).history.some(({msg}) => msg === person.last));
    proxy.cut();
    proxy.mend();
    await chat.hear(kAsks.email);
    const {history} = await readSnapshot(server.ready, session);
    assert.equal(history.filter(({msg}) => msg === person.last).length, 1);
    assert.deepEqual(await chat.saidByConsumer(), answersOf(person).slice(0, 2));
    await chat.assertInOrder();
  });

  test('begins anew by itself when the server no longer knows the session', async () => {
    const chat = await open();
    await answer(chat, newPerson(), {to: 1});
    await chat.hear(kAsks.last);
    await chat.page.evaluate(() => {
      for (const key of Object.keys(localStorage)) {
        const kept = JSON.parse(localStorage.getItem(key) ?? '');
        kept.session.access_token = 'forgotten';
        localStorage.setItem(key, JSON.stringify(kept));
      }
      // A receipt that comes now would put the token back.
      Storage.prototype.setItem = () => {};
    });
    await chat.page.reload();
    await chat.hear(kAsks.first);
    assert.deepEqual(await chat.saidByConsumer(), []);
    assert.notEqual((await chat.session()).access_token, 'forgotten');
  });

  test('can be used with the keyboard alone', async () => {
    const chat = await open();
    const {page} = chat;
    const person = newPerson();
    await chat.hasFocus('#message');
    for (const [at, text] of answersOf(person).slice(0, 5).entries()) {
      await chat.hear(kAsksInOrder[at]);
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
      await chat.hasFocus('#message');
    }
    await page.locator('button[data-choice="Linux"]:enabled').waitFor();
    for (let left = 10; left > 0; --left) {
      if (await page.evaluate(() => document.activeElement?.textContent === 'Linux')) break;
      await page.keyboard.press('Shift+Tab');
    }
    await chat.hasFocus('[data-choice="Linux"]');
    await page.keyboard.press('Enter');
    await chat.hear(/Thanks Ada/);
    await assertProfile(server.ready, person);
    await chat.hasFocus('#again');
    await page.keyboard.press('Enter');
    await chat.hear(kAsks.first);
    await chat.hasFocus('#message');
    await page.keyboard.type('Hi!');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('How are you?');
    assert.equal(await chat.input.inputValue(), 'Hi!\nHow are you?');
  });

  test('speaks Portuguese to a Portuguese browser, on a small screen', async () => {
    const chat = await open({locale: 'pt-BR', viewport: {width: 320, height: 568}});
    const person = newPerson({first: 'Ana', last: 'Silva', born: '10/12/1990', city: 'Recife'});
    await chat.hear(/primeiro nome/);
    assert.equal(await chat.page.getByLabel('Sua mensagem').count(), 1);
    assert.equal(await chat.page.locator('html').getAttribute('lang'), 'pt-BR');
    await answer(chat, person);
    await chat.hear(/Obrigada, Ana/);
    await chat.page.getByRole('button', {name: 'Nova conversa'}).last().waitFor();
    const width = await chat.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `nothing stands out at the side: ${width}`);
    await assertProfile(server.ready, person, '1990-12-10T00:00:00.000Z');
  });

  test('takes the error road and back when Braze is down', async () => {
    const chat = await open();
    const person = newPerson();
    await answer(chat, person, {to: 5});
    await chat.choice('Linux').waitFor();
    await setFaults(server.ready, {mode: 'refuse', status: 500, path: '/users/track'});
    try {
      await chat.choice('Linux').click();
      await chat.hear(/Sorry, Ada/);
      assert.equal(await exportProfile(server.ready, {email_address: person.email}), null);
    } finally {
      await setFaults(server.ready, {mode: 'none'});
    }
    assert.ok(await chat.input.isDisabled(), 'only the choices are open');
    await chat.hasFocus('[data-choice="Try again"]');
    await chat.page.reload();
    await chat.choice('Try again').click();
    await chat.hear(/Thanks Ada/);
    await chat.assertInOrder();
    await assertProfile(server.ready, person);
  });

  test('shows Markdown as text and never runs any of it', async () => {
    const context = await browser.newContext({locale: 'en-US'});
    const page = await context.newPage();
    const chat = new ChatPage(page);
    pages.push(chat);
    /** @type {((text: string) => void) | undefined} */
    let say;
    await page.routeWebSocket(/\/socket\/websocket/, (route) => {
      const upstream = route.connectToServer();
      let sequence = 1_000;
      upstream.onMessage((text) => {
        const [joinRef, , topic] = JSON.parse(String(text));
        route.send(text);
        say = (msg) => route.send(JSON.stringify([joinRef, null, topic, 'incoming:msg', {
          id: randomUUID(), seq_num: ++sequence, from_side: 'bot', msg_type: 'text', msg,
          app_object: null, client_msg_id: null, ts: Date.now(),
        }]));
      });
    });
    await page.goto(server.ready.chat_url);
    await chat.hear(kAsks.first);
    /** @type {[string, string][]} Markdown, and the HTML it must come to */
    const cases = [
      ['plain\nlines', 'plain<br>lines'],
      ['**bold**, *italic*, _too_, `c*o*de`',
        '<strong>bold</strong>, <em>italic</em>, <em>too</em>, <code>c*o*de</code>'],
      ['**bold *both***', '<strong>bold <em>both</em></strong>'],
      ['***both*** and ** neither **', '<strong><em>both</em></strong> and ** neither **'],
      ['2 * 3 * 4, snake_case_name, a * b', '2 * 3 * 4, snake_case_name, a * b'],
      ['\\*not italic\\* \\[x\\](y)', '*not italic* [x](y)'],
      ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
      ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
      ['[x](data:text/html,hi)', '[x](data:text/html,hi)'],
      ['[a **b**](https://a.example/p?q=1)',
        link('https://a.example/p?q=1', 'a <strong>b</strong>')],
      ['see https://a.example/x.', `see ${link('https://a.example/x', 'https://a.example/x')}.`],
      ['[mail](mailto:ada@example.com)', link('mailto:ada@example.com', 'mail')],
      ['*'.repeat(3_000), '*'.repeat(3_000)],
      ['**a '.repeat(700), '**a '.repeat(700).trim()],
      ['[a'.repeat(1_500), '[a'.repeat(1_500)],
    ];
    for (const [text, html] of cases) {
      const count = await page.locator('[data-side="bot"]').count();
      /** @type {(text: string) => void} */ (say)(text);
      const bubble = page.locator('[data-side="bot"] .bubble').nth(count);
      assert.equal(await bubble.evaluate((element) => element.innerHTML), html, text);
    }
  });

  test('says so where there is no chat', async () => {
    const response = await fetch(`${server.ready.base_url}/chat/${randomUUID()}`);
    assert.equal(response.status, 404);
  });
});

/**
 * @param {string} target
 * @param {string} html
 */
function link(target, html) {
  return `<a href="${target}" target="_blank" rel="noopener noreferrer nofollow">${html}</a>`;
}
