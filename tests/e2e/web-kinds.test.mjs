// Every kind of message in Chromium, by mouse, by keyboard alone and by finger, in both lights and
// from either side; axe-core finds nothing wrong with any of it. `make shots` has it leave pictures
// (MILLRACE_SHOTS: the folder).

import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {kHidden} from '../../web/chat/items.js';
import {ChatPage, launch, violationsOf} from './support/browser.mjs';
import {kRepository, Server, temporaryFolder} from './support/server.mjs';
import {kShowcase, kSteps, servePages, walk} from './support/showcase.mjs';

const kPictured = ['buttons', 'listpicker', 'carousel', 'datepicker'];

describe('Kinds of messages', () => {
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

  /**
   * @param {import('playwright-core').BrowserContextOptions} options
   * @param {string} [query]
   */
  async function open(options, query = '') {
    const context = await browser.newContext({
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    await servePages(context);
    const chat = new ChatPage(await context.newPage());
    await chat.page.goto(server.ready.chat_url + query);
    return chat;
  }

  /** @param {ChatPage} chat @param {string} name */
  async function picture(chat, name) {
    const folder = process.env.MILLRACE_SHOTS;
    if (!folder) return;
    mkdirSync(join(kRepository, folder), {recursive: true});
    await chat.page.screenshot({path: join(kRepository, folder, `chat-${name}.png`)});
  }

  for (const [width, colorScheme] of /** @type {[number, 'light' | 'dark'][]} */ ([
    [320, 'dark'],
    [390, 'light'],
    [1280, 'light'],
  ])) {
    test(`can all be answered at ${width} px, ${colorScheme}, and are accessible`, async () => {
      const chat = await open({viewport: {width, height: width === 320 ? 640 : 844}, colorScheme});
      /** @type {Set<string>} */
      const pictured = new Set();
      await walk(chat, async (kind) => {
        assert.deepEqual(await violationsOf(chat.page), [], `${kind} at ${width} px`);
        const wide = await chat.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${kind} stands out at the side: ${wide}`);
        if (!kPictured.includes(kind) || pictured.has(kind)) return;
        pictured.add(kind);
        await picture(chat, `${kind}-${width}`);
      });
      assert.deepEqual(await violationsOf(chat.page), [], 'the end');
      await picture(chat, `end-${width}`);
      const said = kSteps.map((step) => step.said).filter((text) => text !== null);
      assert.deepEqual(await chat.saidByConsumer(), said);
      await chat.assertInOrder();
      await chat.close();
    });
  }

  test('have targets that a finger hits', async () => {
    const chat = await open({viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true});
    await walk(chat, async (kind) => {
      const small = await chat.page.evaluate(() =>
        [
          ...document.querySelectorAll(
            '.asset :is(button, a, select, label, [type="search"]):not(.free), #send, #restart',
          ),
        ]
          .filter((one) => one.checkVisibility())
          .map((one) => ({box: one.getBoundingClientRect(), html: one.outerHTML.slice(0, 80)}))
          .filter(({box}) => box.height < 43.5)
          .map(({html, box}) => `${html} ${box.height}`),
      );
      assert.deepEqual(small, [], kind);
    });
    await chat.close();
  });

  test('are answered with the keyboard alone', async () => {
    const chat = await open({});
    const {page} = chat;
    const {keyboard} = page;
    /** @param {string} selector */
    const tabTo = async (selector) => {
      for (let left = 60; left > 0; --left) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector))
          return;
        await keyboard.press('Shift+Tab');
      }
      assert.fail(`no way by keyboard to ${selector}`);
    };
    await chat.choice('Medium').waitFor();
    await tabTo('[data-choice="Medium"]');
    await keyboard.press('Enter');
    await chat.choice('Go on').waitFor();
    await tabTo('[data-choice="Go on"]');
    await keyboard.press('Space');
    // Only the list answers: the focus is in it already.
    await page.waitForFunction(() => document.activeElement?.closest('[data-kind="listpicker"]'));
    await keyboard.type('sin');
    await keyboard.press('Enter');
    await page.locator('[data-kind="selection"]').waitFor();
    await tabTo('input[type="checkbox"][value="Parking"]');
    await keyboard.press('Space');
    await tabTo('[data-kind="selection"] .strong');
    await keyboard.press('Enter');
    await chat.choice('Sea').waitFor();
    await tabTo('[data-choice="Sea"]');
    await keyboard.press('Enter');
    await chat.choice('Take the suite').waitFor();
    await tabTo('[data-choice="Take the suite"]');
    await keyboard.press('Enter');
    await page.locator('[data-kind="datepicker"] .calendar').waitFor();
    await tabTo('.day[tabindex="0"]');
    const begun = await page.evaluate(() => document.activeElement?.getAttribute('data-day'));
    for (const key of [
      'PageDown',
      'ArrowDown',
      'ArrowRight',
      'ArrowLeft',
      'ArrowUp',
      'PageUp',
      'ArrowRight',
    ]) {
      await keyboard.press(key);
    }
    const ended = await page.evaluate(() => document.activeElement?.getAttribute('data-day'));
    assert.equal(Date.parse(String(ended)) - Date.parse(String(begun)), 86_400_000);
    await keyboard.press('Enter');
    await page.locator('[data-kind="timepicker"]').waitFor();
    await chat.close();
  });

  test('read from the right where people do', async () => {
    const chat = await open({locale: 'ar-EG', viewport: {width: 390, height: 844}});
    const {page} = chat;
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar');
    await chat.choice('متوسط').waitFor();
    assert.equal(await page.locator('#message').getAttribute('placeholder'), 'اكتب رسالة');
    const box = await page.locator('[data-side="bot"] .bubble').first().boundingBox();
    assert.ok(box && box.x + box.width > 300, 'the bot stands at the right');
    assert.deepEqual(await violationsOf(page), []);
    await picture(chat, 'arabic-390');
    await chat.choice('متوسط').click();
    await chat.choice('تابع').waitFor();
    await chat.close();
  });

  test('speak the language of the address before that of the browser', async () => {
    const chat = await open({locale: 'ar-EG'}, '?locale=en&theme=dark');
    await chat.choice('Medium').waitFor();
    assert.equal(await chat.page.locator('html').getAttribute('dir'), 'ltr');
    const ground = await chat.page
      .locator('.card')
      .evaluate((card) => getComputedStyle(card).backgroundColor);
    assert.equal(ground, 'rgb(33, 30, 27)');
    await chat.close();
  });

  test('wear the colours of the theme, of which the page knows nothing else', async () => {
    const chat = await open({colorScheme: 'light'});
    assert.equal(await chat.page.title(), 'Showcase');
    const head = chat.page.locator('.head');
    assert.equal(
      await head.evaluate((element) => getComputedStyle(element).backgroundColor),
      'rgb(35, 82, 124)',
    );
    await chat.close();
  });

  test('hide what is secret while it is typed, and keep it nowhere', async () => {
    const chat = await open({});
    const {page} = chat;
    await walk(
      chat,
      undefined,
      kSteps.findIndex(({said}) => said === kHidden),
    );
    const reveal = page.getByRole('button', {name: 'Show what is typed'});
    await page.locator('#message.masked').waitFor();
    await reveal.click();
    assert.equal(await page.locator('#message.masked').count(), 0);
    await reveal.click();
    // Without a network it waits, and still nobody sees it.
    await page.context().setOffline(true);
    await page.locator('#message').fill('9876');
    await page.locator('#message').press('Enter');
    await page.locator('[data-side="consumer"] .bubble', {hasText: kHidden}).waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{...localStorage}, {...sessionStorage}]),
    );
    assert.ok(!kept.includes('9876'), kept);
    assert.ok(!(await page.locator('#log').innerText()).includes('9876'));
    await page.context().setOffline(false);
    await page.locator('[data-kind="webview"]').waitFor();
    await chat.close();
  });

  test('help the keyboard of a phone', async () => {
    const chat = await open({});
    /** @type {string[]} */
    const modes = [];
    await walk(chat, async (kind) => {
      // Where only what is shown answers, the input says so.
      if (kind === 'listpicker')
        assert.equal(await chat.input.getAttribute('placeholder'), 'Please choose above');
      if (kind === '')
        modes.push(
          await chat.input.evaluate((input) =>
            ['inputmode', 'autocomplete'].map((name) => input.getAttribute(name)).join(' '),
          ),
        );
    });
    assert.deepEqual(modes, ['email email', 'tel tel', 'text off']);
    await chat.close();
  });
});
