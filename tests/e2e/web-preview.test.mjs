// The preview of a theme: what is chosen is seen on the solution's real page at once, what cannot
// be read is named, and the lines for solution.yaml are those that the server makes the same of.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {colourOf, contrastOf, hardToRead, kColours, yamlOf} from '../../web/preview/theme.js';
import {ChatPage, launch, violationsOf} from './support/browser.mjs';
import {writeEcho} from './support/echo.mjs';
import {kRepository, Server, temporaryFolder} from './support/server.mjs';

/** @type {import('../../web/preview/theme.js').Theme} */
const kPlain = {
  title: '', subtitle: '', header: 'plain', corners: 'round', mode: 'auto', colours: {}, dark: {},
};
const kBrand = {...kPlain, title: 'Ann\'s', header: 'accent', colours: {accent: '#7a1f5c'}};

describe('the preview of a theme', () => {
  /** @type {Server} */ let server;
  /** @type {import('playwright-core').Browser} */ let browser;
  before(async () => {
    server = await Server.start({data: temporaryFolder(), solutions: [writeEcho(yamlOf(kBrand))]});
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test('knows the colours that the server knows', () => {
    const source = readFileSync(join(kRepository, 'src/flow/settings/theme.cpp'), 'utf8');
    const table = /kColours\[\] = \{([^]*?)\n\};/.exec(source)?.[1] ?? '';
    const theirs = [...table.matchAll(/\{"(\w+)", "[^"]*", "(#\w+)", "(#\w+)"\}/g)]
      .map(([, name, light, dark]) => ({name, light, dark}));
    assert.deepEqual(kColours.map(({name, light, dark}) => ({name, light, dark})), theirs);
  });

  test('makes the same of a theme as the server', async () => {
    const html = await (await fetch(server.ready.chat_url)).text();
    const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? '';
    for (const name of ['accent', 'on_accent']) {
      const pair = `${colourOf(kBrand, name, false)},${colourOf(kBrand, name, true)}`;
      const rule = `--${name.replace('_', '-')}:light-dark(${pair})`;
      assert.ok(style.includes(rule), `${rule} in ${style}`);
    }
    assert.match(html, /data-header="accent"/);
    assert.match(html, /Ann&#39;s|Ann's/);
  });

  test('names what cannot be read', () => {
    assert.deepEqual(hardToRead(kPlain), []);
    assert.equal(contrastOf('#ffffff', '#000000'), 21);
    const found = hardToRead({...kPlain, colours: {text: '#cccccc'}});
    assert.deepEqual(found.map(({ink, ground, isDark}) => [ink, ground, isDark]),
      [['text', 'card', false], ['text', 'bot', false]]);
  });

  test('is worn by the real page at once, and written down', async () => {
    const address = server.ready.chat_url.replace('/chat/', '/preview.html?id=');
    const chat = await ChatPage.open(browser, address);
    const {page} = chat;
    assert.match(page.url(), /\/preview\/[0-9a-f-]{36}$/);
    const inner = page.frameLocator('#chat');
    await inner.getByText('Say something').waitFor();
    await page.getByLabel('accent, light', {exact: true}).fill('#102030');
    await page.getByLabel('Title', {exact: true}).fill('A brand');
    await page.getByLabel('Corners').selectOption('square');
    const worn = await inner.locator('html').evaluate((root) => {
      root.style.colorScheme = 'light';
      return {
        accent: getComputedStyle(/** @type {HTMLElement} */ (root.querySelector('.mark')))
          .backgroundColor,
        corners: root.dataset.corners,
      };
    });
    assert.deepEqual(worn, {accent: 'rgb(16, 32, 48)', corners: 'square'});
    assert.equal(await inner.locator('#title').innerText(), 'A brand');
    assert.equal(await page.locator('#yaml').innerText(),
      'theme:\n  title: \'A brand\'\n  corners: square\n  colours: {accent: \'#102030\'}\n');
    await page.getByLabel('text, light', {exact: true}).fill('#dddddd');
    await page.getByText('text on card in the light').waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await chat.close();
  });
});
