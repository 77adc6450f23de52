// The built site: every link leads somewhere, the HTML is valid, nothing comes from the network,
// and people who use a keyboard, a screen reader or a small screen can read it.

import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {posix} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

import {HtmlValidate} from 'html-validate';

import {launch} from '../../tests/e2e/support/browser.mjs';
import {sources} from '../lib/sources.mjs';

const SITE = fileURLToPath(new URL('../../build/site/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// One page of each kind; all pages share one frame and one renderer.
const KINDS = ['index', 'tutorial', 'flows', 'errors', 'examples/signup'];
const WIDE = [...KINDS, 'cli', 'architecture', 'benchmarks', 'contracts/braze/users-track'];

const files = readdirSync(SITE, {recursive: true, encoding: 'utf8'}).sort();
const pages = new Map(files.filter((name) => name.endsWith('.html'))
  .map((name) => [name, readFileSync(SITE + name, 'utf8')]));

/** @param {string} name @returns {Set<string>} */
const idsOf = (name) => new Set(
  [...(pages.get(name) ?? '').matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));

describe('the built site', () => {
  it('has a page for every source, and all of them in the navigation', () => {
    const home = pages.get('flows.html') ?? '';
    for (const {path, address} of sources()) {
      assert.ok(pages.has(address), `${path} has no page`);
      assert.ok(home.includes(`href="${address}"`), `${path} is in no list`);
    }
  });

  it('leads nowhere that is not there', () => {
    const wrong = [];
    const ids = new Map([...pages.keys()].map((name) => [name, idsOf(name)]));
    let count = 0;
    for (const [name, html] of pages) {
      for (const [, link] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        if (/^(https?|mailto):/.test(link)) continue;
        count += 1;
        const [target, anchor] = link.split('#');
        const place = target === '' ? name : posix.join(posix.dirname(name), target);
        const isThere = files.includes(place) &&
          (anchor === undefined || ids.get(place)?.has(decodeURIComponent(anchor)));
        if (!isThere) wrong.push(`${name}: ${link}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(count > 2000, `only ${count} links were looked at`);
  });

  it('takes nothing from the network', () => {
    for (const [name, html] of pages) {
      const taken = html.matchAll(
        /<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(\w+:[^"]*)"/g);
      assert.deepEqual([...taken].map(([, address]) => address), [], name);
    }
  });

  it('is valid HTML', async () => {
    const validate = new HtmlValidate({
      extends: ['html-validate:recommended'],
      rules: {
        'no-trailing-whitespace': 'off',
        'doctype-style': ['error', {style: 'lowercase'}],
        // Anchors are those of GitHub, "1-first" among them.
        'valid-id': ['error', {relaxed: true}],
        'long-title': 'off',
        // No <select> has excerpts.
        'prefer-native-element': ['error', {exclude: ['listbox']}],
      },
    });
    const wrong = [];
    for (const [name, html] of pages) {
      const report = await validate.validateString(html, name);
      for (const {messages} of report.results) {
        wrong.push(...messages.map(({line, message, ruleId}) =>
          `${name}:${line}: ${message} [${ruleId}]`));
      }
    }
    assert.deepEqual(wrong, []);
  });
});

describe('the site in a browser', () => {
  /** @type {import('playwright-core').Browser} */
  let browser;
  before(async () => { browser = await launch(['--allow-file-access-from-files']); });
  after(() => browser.close());

  /** @param {import('playwright-core').Page} page */
  const violations = async (page) => {
    // A long page repeats itself, and each element costs time: its beginning stands for the rest.
    await page.evaluate(() => document.querySelectorAll('article > *:nth-child(n + 81)')
      .forEach((element) => element.remove()));
    await page.evaluate(AXE);
    const found = await page.evaluate(() =>
      /** @type {any} */ (window).axe.run({resultTypes: ['violations']}));
    return found.violations.flatMap((/** @type {any} */ {id, nodes}) =>
      nodes.map((/** @type {any} */ {html, failureSummary}) => `${id}: ${html} ${failureSummary}`));
  };
  const address = (/** @type {string} */ name) => pathToFileURL(`${SITE}${name}.html`).href;

  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    it(`has no violation of axe's rules, in ${scheme} colours`, async () => {
      const context = await browser.newContext({colorScheme: scheme, bypassCSP: true});
      const page = await context.newPage();
      for (const name of KINDS) {
        await page.goto(address(name));
        assert.deepEqual(await violations(page), [], name);
      }
      await page.locator('#site-search-open').click();
      await page.locator('#site-search-words').fill('braze');
      await page.locator('#site-search [role="option"]').first().waitFor();
      assert.deepEqual(await violations(page), [], 'the search');
      await context.close();
    });
  }

  it('finds an error code from the keyboard, and goes there', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address('examples/hotel'));
    await page.keyboard.press('/');
    await page.keyboard.type('road_missing');
    await page.locator('#site-search [aria-selected="true"]', {hasText: 'road_missing'}).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/errors\.html#road_missing$/);
    await context.close();
  });

  it('keeps the colours that a reader chose', async () => {
    const context = await browser.newContext({colorScheme: 'light'});
    const page = await context.newPage();
    await page.goto(address('flows'));
    await page.locator('#site-theme').click();
    await page.locator('#site-theme').click();
    await page.goto(address('testing'));
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await context.close();
  });

  it('fits a screen of 320 pixels, and offers all pages there', async () => {
    const context = await browser.newContext({viewport: {width: 320, height: 640}});
    const page = await context.newPage();
    for (const name of WIDE) {
      await page.goto(address(name));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, 320, name);
    }
    await page.locator('#site-menu').click();
    await page.locator('#site-pages a', {hasText: 'Flows in YAML'}).click();
    await page.waitForURL(/flows\.html$/);
    await context.close();
  });

  it('can be read without JavaScript', async () => {
    const context = await browser.newContext({javaScriptEnabled: false});
    const page = await context.newPage();
    await page.goto(address('flows'));
    assert.ok(await page.locator('#site-pages a', {hasText: 'Command line'}).isVisible());
    assert.ok(!await page.locator('#site-search-open').isVisible());
    await context.close();
  });
});
