// A file is asked for, and sent from the page: chosen, dropped and pasted, with its progress, and
// shown to whoever reads the conversation then.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {ChatPage, launch, violationsOf} from './support/browser.mjs';
import {writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

const kPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5' +
    'ErkJggg==',
  'base64',
);

describe('files on the chat page', () => {
  /** @type {Server} */ let server;
  /** @type {import('playwright-core').Browser} */ let browser;
  before(async () => {
    server = await Server.start({
      data: temporaryFolder(),
      solutions: [writeEcho('uploads: {max_mb: 2, kinds: [image]}')],
    });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function asked() {
    const chat = await ChatPage.open(browser, server.ready.chat_url, {reducedMotion: 'reduce'});
    await chat.hear(/Say something/);
    await chat.type('file');
    await chat.page.locator('.upload').waitFor();
    return chat;
  }

  /** @param {ChatPage} chat @param {string} type @param {string} name */
  const carry = (chat, type, name) =>
    chat.page.evaluate(
      ([kind, called, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const carried = new DataTransfer();
        carried.items.add(new File([bytes], called, {type: 'image/png'}));
        const init = {bubbles: true, cancelable: true};
        document.body.dispatchEvent(
          kind === 'paste'
            ? new ClipboardEvent('paste', {...init, clipboardData: carried})
            : new DragEvent(kind, {...init, dataTransfer: carried}),
        );
      },
      [type, name, kPng.toString('base64')],
    );

  for (const way of ['chosen', 'drop', 'paste']) {
    test(`are sent when ${way}, shown as a picture, and there after a reload`, async () => {
      const chat = await asked();
      assert.deepEqual(await violationsOf(chat.page), []);
      if (way === 'chosen') {
        const choosing = chat.page.waitForEvent('filechooser');
        await chat.page.getByRole('button', {name: 'Send a photo'}).click();
        await (await choosing).setFiles({name: 'cat.png', mimeType: 'image/png', buffer: kPng});
      } else {
        if (way === 'drop') await carry(chat, 'dragover', 'cat.png');
        await carry(chat, way, 'cat.png');
      }
      await chat.hear(/Thank you for that/);
      await chat.page.reload();
      const sent = chat.page.locator('[data-side="consumer"] a.sent').last();
      await sent.waitFor();
      assert.equal(await sent.innerText(), 'cat.png');
      await chat.page.waitForFunction(() =>
        [...document.querySelectorAll('.sent img')].every(
          (image) => /** @type {HTMLImageElement} */ (image).naturalWidth === 1,
        ),
      );
      assert.deepEqual(await violationsOf(chat.page), []);
      await chat.close();
    });
  }

  test('show how far they have come, and go on after a slice got lost', async () => {
    const chat = await asked();
    const big = Buffer.concat([kPng, Buffer.alloc(1_400_000, 1)]);
    /** @type {number[]} */
    const shown = [];
    let failures = 1;
    await chat.page.route('**/files?*', async (route) => {
      shown.push(
        await chat.page
          .locator('progress')
          .evaluate((bar) => /** @type {HTMLProgressElement} */ (bar).value),
      );
      if (shown.length === 2 && failures-- > 0) await route.abort();
      else await route.continue();
    });
    await chat.page
      .locator('.upload input')
      .setInputFiles({name: 'big.png', mimeType: 'image/png', buffer: big});
    await chat.hear(/Thank you for that/);
    assert.equal(shown.length, 4, 'three slices, one of them twice');
    assert.deepEqual(
      shown,
      [...shown].sort((a, b) => a - b),
    );
    assert.ok(shown[3] > 0.5);
    await chat.close();
  });

  test('that are too large, or of another kind, are refused in words', async () => {
    const chat = await asked();
    const input = chat.page.locator('.upload input');
    await input.setInputFiles({
      name: 'x.png',
      mimeType: 'image/png',
      buffer: Buffer.alloc(2_200_000, 1),
    });
    await chat.page.getByText('A file may have 2 MB.').waitFor();
    await input.setInputFiles({name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('text')});
    await chat.page.getByText('of another kind').waitFor();
    await chat.page.getByRole('button', {name: 'I have none'}).click();
    await chat.hear(/Thank you for that/);
    await chat.close();
  });
});
