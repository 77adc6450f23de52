// The page tag when things go wrong, in Chromium: a collector that is down, too busy, silent, or
// cut off; pages that go at once; no network; several tabs. A thousand events each time: none is
// lost, and none is there twice once the server has looked at message ids. How many came twice on
// the wire is printed.

import assert from 'node:assert/strict';
import {after, before, beforeEach, describe, test} from 'node:test';

import {blockStorage} from './support/browser.mjs';
import {kShop, startTagged} from './support/tagged.mjs';
import {until} from './support/until.mjs';

const kCount = 1_000;
// Not a secure context; and one, as browsers see it.
const kHosts = [kShop, '127.0.0.1'];

describe('Page tag, in an outage', () => {
  /** @type {Awaited<ReturnType<typeof startTagged>>} */
  let site;
  before(async () => {
    site = await startTagged();
    site.brand.put('/', site.snippet({pages: false}));
    site.brand.put('/impatient', site.snippet({pages: false, answerMs: 1_000}));
    site.brand.put('/late', site.snippet({pages: false}, {src: `${site.endpoint}/none.js`}));
  });
  beforeEach(() => site.collector.begin());
  after(() => site?.stop());

  /**
   * @param {import('playwright-core').Page} page
   * @param {string} tab
   * @param {string} [then] what the page does at once after it
   */
  const trackAll = (page, tab, then = '') =>
    page.evaluate(
      ([name, last, count]) => {
        const {millraceTag} = /** @type {any} */ (window);
        for (let n = 0; n < Number(count); ++n) millraceTag.track('Step', {tab: name, n});
        if (last) location.href = last;
      },
      [tab, then, String(kCount)],
    );
  /** @param {import('playwright-core').Page} page */
  const isThere = (page) =>
    page.waitForFunction(() => /** @type {any} */ (window).millraceTag.isHere);
  /** @param {string} tab */
  const numbersOf = (tab) =>
    site.collector
      .all()
      .filter(({properties}) => properties?.tab === tab)
      .map(({properties}) => properties.n);
  const attempts = () => site.collector.requests.length;

  /**
   * Waits for all of a tab's events, and holds them to being there once.
   * @param {string} tab
   * @param {boolean} [isInOrder]
   */
  async function assertAll(tab, isInOrder = true) {
    await until(`all events of ${tab}`, () => numbersOf(tab).length >= kCount, 60_000).catch(
      (error) => {
        throw new Error(`${error.message}: ${numbersOf(tab).length} came`);
      },
    );
    const numbers = numbersOf(tab);
    const sorted = [...numbers].sort((a, b) => a - b);
    assert.deepEqual(sorted, [...Array(kCount).keys()], 'each of them once');
    if (isInOrder) assert.deepEqual(numbers, sorted, 'in their order');
  }

  /** @param {string} what */
  function report(what) {
    const {events, again, requests} = site.collector;
    assert.ok(
      requests.every(({method}) => method === 'POST'),
      'no browser asked for leave first',
    );
    console.log(
      `${what}: ${events.size} events, 0 lost, ${again} twice on the wire, ` +
        `${requests.length} requests`,
    );
  }

  /** @param {import('playwright-core').Page} page */
  const left = (page) =>
    until('an empty queue', () =>
      page.evaluate(() => !Object.keys(localStorage).some((key) => /:[edw]/.test(key))),
    );

  for (const host of kHosts) {
    test(`nothing goes wrong on ${host}`, async () => {
      const visitor = await site.visitor();
      const page = await visitor.open('/', host);
      await trackAll(page, 'one');
      await assertAll('one');
      await left(page);
      assert.equal(site.collector.again, 0);
      report(`well, ${host}`);
      await visitor.close();
    });
  }

  test('the server answers 503', async () => {
    site.collector.mode = 'unavailable';
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await trackAll(page, 'one');
    await until('three attempts', () => attempts() >= 3);
    site.collector.mode = 'ok';
    await assertAll('one');
    await left(page);
    report('503');
    await visitor.close();
  });

  test('the server answers 429, and is left alone for as long as it asks', async () => {
    site.collector.mode = 'limited';
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await trackAll(page, 'one');
    await until('an attempt', () => attempts() >= 1);
    site.collector.mode = 'ok';
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await assertAll('one');
    const [first, second] = site.collector.requests;
    assert.ok(second.at - first.at >= 2_000, `${second.at - first.at} ms`);
    await left(page);
    report('429');
    await visitor.close();
  });

  test('the server does not answer', async () => {
    site.collector.mode = 'hang';
    const visitor = await site.visitor();
    const page = await visitor.open('/impatient');
    await trackAll(page, 'one');
    await until('two attempts', () => attempts() >= 2);
    site.collector.mode = 'ok';
    await assertAll('one');
    await left(page);
    report('no answer');
    await visitor.close();
  });

  test('connections are cut, before and after the events were kept', async () => {
    site.collector.mode = (n) => (n % 4 === 1 ? 'cut' : n % 4 === 3 ? 'unheard' : 'ok');
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await trackAll(page, 'one');
    await assertAll('one');
    site.collector.mode = 'ok';
    await left(page);
    report('cut');
    await visitor.close();
  });

  test('the page goes at once to another one', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await isThere(page);
    await trackAll(page, 'one', '/');
    await assertAll('one', false);
    await left(page);
    report('left at once');
    await visitor.close();
  });

  test('the page is closed at once, while the server is down', async () => {
    site.collector.mode = 'unavailable';
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await isThere(page);
    await trackAll(page, 'one');
    await page.close();
    site.collector.mode = 'ok';
    const next = await visitor.open('/');
    await assertAll('one', false);
    await left(next);
    report('closed at once');
    await visitor.close();
  });

  test('the page is gone before the script has come', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/late');
    await trackAll(page, 'one', '/');
    await page.waitForURL(/\/$/);
    await assertAll('one');
    const [event] = site.collector.all();
    assert.match(event.context.page.url, /\/late$/);
    await left(page);
    report('before the script');
    await visitor.close();
  });

  test('the network is away, and comes back', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await isThere(page);
    await visitor.context.setOffline(true);
    await trackAll(page, 'one');
    await until('a failure', () =>
      page.evaluate(() => Object.keys(localStorage).some((key) => key.endsWith(':wait'))),
    );
    assert.equal(site.collector.events.size, 0);
    await visitor.context.setOffline(false);
    await assertAll('one');
    await left(page);
    report('offline');
    await visitor.close();
  });

  /** @type {[string, import('./support/collector.mjs').Collector['mode']][]} */
  const kinds = [
    ['nothing goes wrong', 'ok'],
    ['answers get lost', (n) => (n % 5 === 4 ? 'unheard' : 'ok')],
  ];
  for (const [host, [what, mode]] of kHosts.flatMap((one) =>
    kinds.map((kind) => /** @type {const} */ ([one, kind])),
  )) {
    test(`two tabs of ${host}, and ${what}`, async () => {
      site.collector.mode = mode;
      const visitor = await site.visitor();
      const pages = await Promise.all([visitor.open('/', host), visitor.open('/', host)]);
      await Promise.all(pages.map((page, tab) => trackAll(page, `tab ${tab}`)));
      for (const tab of ['tab 0', 'tab 1']) await assertAll(tab);
      site.collector.mode = 'ok';
      await left(pages[0]);
      report(`two tabs of ${host}, ${what}`);
      await visitor.close();
    });
  }

  test('two tabs, one of which is closed', async () => {
    site.collector.mode = 'unavailable';
    const visitor = await site.visitor();
    const pages = [await visitor.open('/'), await visitor.open('/')];
    await Promise.all(pages.map(isThere));
    await trackAll(pages[0], 'tab 0');
    await pages[0].close();
    site.collector.mode = 'ok';
    // The other one has nothing to say itself.
    await assertAll('tab 0', false);
    await left(pages[1]);
    report('one of two tabs closed');
    await visitor.close();
  });

  test('the server refuses: that is said once, and nothing is tried again', async () => {
    site.collector.mode = 'bad';
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await trackAll(page, 'one');
    await left(page);
    assert.deepEqual(
      page.complaints.map((words) => words.trim()),
      ['millraceTag: the collector refuses events, and they are lost: 400'],
    );
    const sent = site.collector.requests.flatMap(({body}) => body.batch);
    assert.equal(sent.length, kCount, 'each once');
    await visitor.close();
  });

  test('storage is blocked', async () => {
    site.collector.mode = (n) => (n < 1 ? 'unavailable' : 'ok');
    const visitor = await site.visitor(blockStorage);
    const page = await visitor.open('/');
    await trackAll(page, 'one');
    await assertAll('one');
    assert.deepEqual(page.complaints, []);
    report('blocked storage');
    await visitor.close();
  });
});
