// Hostile texts in every place of the chat page that shows what others wrote. A server that has
// gone over to the enemy sends them in all fields of all kinds of messages, and the real one passes
// on what people say, and the names of their files. Nothing runs, no text becomes an element, and
// no request leaves.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {ChatPage, launch} from './support/browser.mjs';
import {begin, say, writeEcho} from './support/echo.mjs';
import {cleaned, messagesOf, shown, wellFormed} from './support/hostile-page.mjs';
import {kHostile} from './support/hostile-texts.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kTitle = '</title><script>window.hacked=1</script>';

/** What Markdown, and it alone, may make of a bot's text. */
const kOfMarkdown = new Set(
  'P BR STRONG EM CODE PRE UL OL LI BLOCKQUOTE A IMG'.split(' '),
);

/** For addInitScript: counts what the policy has stopped. */
function countViolations() {
  const page = /** @type {any} */ (window);
  page.stopped = [];
  document.addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) => {
    page.stopped.push(`${violatedDirective} ${blockedURI}`);
  });
}

describe('Hostile texts', () => {
  /** @type {Server} */
  let server;
  /** @type {import('playwright-core').Browser} */
  let browser;

  before(async () => {
    const theme = `theme: {title: '${kTitle}'}\nuploads: {max_mb: 5}`;
    server = await Server.start({data: temporaryFolder(), solutions: [writeEcho(theme)]});
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A page of its own, watched. @param {import('./support/engagement.mjs').Session} [session] */
  async function watched(session) {
    const context = await browser.newContext({locale: 'en-US', reducedMotion: 'reduce'});
    await context.addInitScript(countViolations);
    if (session)
      await context.addInitScript(
        ([key, kept]) => localStorage.setItem(key, kept),
        [`millrace.chat.${server.ready.app_id}`, JSON.stringify({session})],
      );
    const chat = new ChatPage(await context.newPage());
    /** @type {string[]} */
    const left = [];
    const here = new URL(server.ready.base_url).host;
    context.on('request', (request) => {
      const {protocol, host} = new URL(request.url());
      if (host !== here && !['data:', 'blob:'].includes(protocol)) left.push(request.url());
    });
    let dialogs = 0;
    chat.page.on('dialog', (dialog) => {
      ++dialogs;
      dialog.dismiss();
    });
    const go = () => chat.page.goto(server.ready.chat_url);
    return {chat, context, left, dialogs: () => dialogs, go};
  }

  /**
   * Holds a page to it: nothing has run, nothing left, and nothing is there that a text made.
   * @param {Awaited<ReturnType<typeof watched>>} how
   * @param {string} about
   */
  async function assertHarmless({chat, left, dialogs}, about) {
    const found = await chat.page.evaluate(() => {
      const safe = ['http:', 'https:', 'mailto:', 'tel:'];
      const bad = [];
      for (const element of document.querySelectorAll('body *')) {
        for (const {name, value} of element.attributes) {
          if (name.startsWith('on') || name === 'srcdoc') bad.push(`${element.tagName} ${name}`);
          if (name === 'style' && element.tagName !== 'IFRAME') bad.push(`style ${value}`);
          if (name === 'href' && !safe.includes(new URL(value, location.href).protocol))
            bad.push(`href ${value}`);
          if (name === 'src' && !/^(https:|data:image\/)/.test(value)) bad.push(`src ${value}`);
        }
        if (
          /^(script|object|embed|link|meta|base|video|audio|source|math|template|x)$/i.test(
            element.tagName,
          )
        )
          bad.push(element.tagName);
      }
      const page = /** @type {any} */ (window);
      return {
        bad,
        hacked: page.hacked,
        stopped: page.stopped,
        title: document.title,
        bodies: document.querySelectorAll('body').length,
        ids: document.querySelectorAll('#message').length,
        polluted: /** @type {any} */ ({}).label,
      };
    });
    assert.deepEqual(
      found,
      {
        bad: [],
        hacked: undefined,
        stopped: [],
        title: kTitle,
        bodies: 1,
        ids: 1,
        polluted: undefined,
      },
      about,
    );
    assert.deepEqual([left, dialogs()], [[], 0], about);
    assert.equal(new URL(chat.page.url()).host, new URL(server.ready.base_url).host);
  }

  test(`there are enough of them: ${kHostile.length}`, () => {
    assert.ok(kHostile.length >= 60);
    assert.equal(new Set(kHostile.map(({text}) => text)).size, kHostile.length);
  });

  /** What a text that is only words comes to. @type {Awaited<ReturnType<typeof shown>>} */
  let harmless;
  before(async () => {
    const how = await watched();
    harmless = await shown(how, messagesOf('words'));
    await how.chat.close();
  });

  for (const {kind, text} of kHostile) {
    const name = JSON.stringify(text.slice(0, 60));
    test(`${kind} ${name} stays a text in every field`, async () => {
      const how = await watched();
      const messages = messagesOf(text);
      const got = await shown(how, messages);
      await assertHarmless(how, name);
      const isAddress = /^https?:/.test(text);
      for (const [at, one] of got.entries()) {
        const label = `${name} in message ${at}`;
        if (at === 0) {
          for (const tag of one.bubble) assert.ok(kOfMarkdown.has(tag), `${label}: ${tag}`);
        } else if (!isAddress) {
          assert.deepEqual(one.tags, harmless[at].tags, label);
        }
        for (const said of one.labels) assert.equal(said?.toLowerCase(), text.toLowerCase(), label);
      }
      assert.equal(got[1].text, text, 'an agent');
      assert.equal(got[1].author, text, 'their name');
      assert.equal(got[2].text, text, 'a consumer');
      assert.equal(got[3].text, wellFormed(text), 'a file');
      await how.chat.close();
    });
  }

  test('the real server passes them on, and the page shows them as they were', async () => {
    const session = await begin(server.ready);
    const how = await watched(session);
    const {chat} = how;
    await how.go();
    await chat.hear(/Hello/);
    const rows = kHostile.filter(({text}) => text === wellFormed(text) && text.trim());
    let count = 0;
    for (const {text} of rows) {
      const answer = await say(server.ready, session, text, `row ${count}`);
      assert.equal(answer.status, 204, text);
      ++count;
    }
    await chat.page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-side="consumer"][data-seq]').length === wanted,
      count,
    );
    await until('the last answer', async () =>
      (await chat.page.locator('[data-side="bot"]').count()) > count,
    );
    const said = await chat.saidByConsumer();
    assert.deepEqual(said, rows.map(({text}) => cleaned(text)));
    await assertHarmless(how, 'all of them');
    await chat.close();
  });

  test('names of files are names', async () => {
    const session = await begin(server.ready);
    const how = await watched(session);
    const {chat} = how;
    await how.go();
    await chat.hear(/Hello/);
    const names = kHostile.filter(({kind}) => kind === 'files').map(({text}) => text);
    for (const name of names) {
      await say(server.ready, session, 'file');
      const asset = chat.page.locator('[data-kind="file_upload"] input[type="file"]').last();
      await chat.page
        .locator('[data-kind="file_upload"]')
        .last()
        .locator('button:enabled', {hasText: 'Send a photo'})
        .waitFor();
      const before = await chat.page.locator('.sent').count();
      await asset.setInputFiles({
        name,
        mimeType: 'image/png',
        buffer: Buffer.from(
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9aw' +
            'AAAABJRU5ErkJggg==',
          'base64',
        ),
      });
      await until('the file', async () => (await chat.page.locator('.sent').count()) > before);
      await chat.hear(/Thank you for that/);
    }
    const shownNames = await chat.page.locator('.sent bdi').allTextContents();
    assert.equal(shownNames.length, names.length);
    for (const name of shownNames) assert.doesNotMatch(name, /[/\\\r\n\u202E]/, name);
    // Pictures come from the server itself.
    const sources = await chat.page
      .locator('.sent img')
      .evaluateAll((all) => all.map((one) => one.getAttribute('src')));
    const {base_url: here} = server.ready;
    for (const source of sources) assert.ok(source?.startsWith(here), String(source));
    const hacked = await chat.page.evaluate(() => /** @type {any} */ (window).hacked);
    assert.equal(hacked, undefined);
    assert.deepEqual([how.left, how.dialogs()], [[], 0]);
    assert.deepEqual(await chat.page.evaluate(() => /** @type {any} */ (window).stopped), []);
    await chat.close();
  });
});
