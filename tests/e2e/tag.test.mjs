// The page tag on pages of others, in Chromium: what it tells of a page, and what it never does.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {after, before, beforeEach, describe, test} from 'node:test';

import {kRepository} from './support/server.mjs';
import {kShop, startTagged, stubText} from './support/tagged.mjs';
import {until} from './support/until.mjs';

describe('Page tag', () => {
  /** @type {Awaited<ReturnType<typeof startTagged>>} */
  let site;
  before(async () => {
    site = await startTagged();
    site.brand.put('/', site.snippet());
    site.brand.put('/quiet', site.snippet({pages: false}));
  });
  beforeEach(() => site.collector.begin());
  after(() => site?.stop());

  /** @param {import('playwright-core').Page} page @param {string} method @param {...any} args */
  const tag = (page, method, ...args) =>
    page.evaluate(
      ([name, given]) => /** @type {any} */ (window).millraceTag[name](...given),
      /** @type {[string, any[]]} */ ([method, args]),
    );
  /** @param {number} count @param {string} [type] */
  const come = (count, type) =>
    until(`${count} events`, () => {
      const all = site.collector.all(type);
      return all.length >= count && all;
    });

  test('says what Segment’s clients say', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/?utm_source=mail&utm_campaign=autumn&gclid=x1');
    await tag(page, 'track', 'Product Viewed', {sku: 'A1', price: 12.5});
    await tag(page, 'identify', 'u-1', {plan: 'pro'});
    await tag(page, 'group', 'g-1', {name: 'Acme'});
    await tag(page, 'alias', 'u-2');
    await tag(page, 'page', 'Named', {section: 'x'});
    const [first, track, identify, group, alias, named] = await come(6);
    assert.equal(first.type, 'page');
    const {context, timestamp, messageId, anonymousId, ...rest} = track;
    assert.deepEqual(rest, {
      type: 'track',
      event: 'Product Viewed',
      properties: {sku: 'A1', price: 12.5},
    });
    for (const id of [messageId, anonymousId]) assert.match(id, /^[0-9a-f-]{36}$/);
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
    const search = '?utm_source=mail&utm_campaign=autumn&gclid=x1';
    const url = `${site.brand.origin(kShop)}/${search}`;
    const userAgent = await page.evaluate(() => navigator.userAgent);
    const {timezone, sessionId, ...more} = context;
    assert.deepEqual(more, {
      page: {url, path: '/', search, title: 'Shop', referrer: '', initial_referrer: ''},
      campaign: {source: 'mail', name: 'autumn', gclid: 'x1'},
      locale: 'en-US',
      userAgent,
      library: {name: 'millrace-tag', version: '0.1.0'},
    });
    assert.ok(timezone && sessionId);
    assert.deepEqual([identify.userId, identify.traits], ['u-1', {plan: 'pro'}]);
    assert.deepEqual([group.groupId, group.traits, group.userId], ['g-1', {name: 'Acme'}, 'u-1']);
    assert.deepEqual([alias.previousId, alias.userId], ['u-1', 'u-2']);
    assert.deepEqual([named.name, named.properties], ['Named', {section: 'x'}]);
    const [{body, headers}] = site.collector.requests;
    assert.deepEqual(Object.keys(body), ['writeKey', 'sentAt', 'batch']);
    assert.equal(body.writeKey, 'WK');
    assert.equal(headers['content-type'], 'text/plain;charset=UTF-8');
    assert.ok(
      site.collector.requests.every(({method}) => method === 'POST'),
      'no preflight',
    );
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(await visitor.context.cookies(), []);
    await visitor.close();
  });

  test('tells each page of an application once, with the page before it', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/');
    await come(1);
    await page.evaluate(() => {
      history.pushState({}, '', '/?a');
      history.replaceState({x: 1}, '', '/?a');
      document.title = 'A';
    });
    await come(2);
    await page.evaluate(() => history.pushState({}, '', '#reviews'));
    await page.evaluate(() => history.pushState({}, '', '/?b'));
    await come(3);
    await page.goBack();
    await page.goBack();
    await tag(page, 'track', 'End');
    const [end] = await come(1, 'track');
    const pages = (await come(4, 'page')).map(({context}) => context.page);
    const base = `${site.brand.origin(kShop)}/`;
    assert.deepEqual(
      pages.map(({url, referrer, initial_referrer: entrance, title}) => [
        url,
        referrer,
        entrance,
        title,
      ]),
      [
        [base, '', '', 'Shop'],
        [`${base}?a`, base, '', 'A'],
        [`${base}?b`, `${base}?a`, '', 'A'],
        [`${base}?a#reviews`, `${base}?b`, '', 'A'],
      ],
    );
    assert.equal(end.context.page.referrer, `${base}?b`);
    await assert.rejects(
      page.evaluate(() => history.pushState({}, '', 'https://other.example')),
      /SecurityError/,
      'what the page would see without the tag',
    );
    await visitor.close();
  });

  test('takes declared events, and no field that was not named', async () => {
    site.brand.put(
      '/declared',
      `${site.snippet({pages: false})}
      <button data-mr-event="Added" data-mr-prop-order-id="7" data-mr-prop-code="007">
        <b id="inner">Add</b></button>
      <form id="form" data-mr-event="Asked" data-mr-prop-place="foot"
        data-mr-fields="plan news secret shown" action="javascript:void 0">
        <input name="plan" value="pro"><input name="other" value="never">
        <input name="news" type="checkbox" checked>
        <input name="secret" type="password" value="never">
        <input name="shown" type="text" autocomplete="current-password" value="never">
        <button id="send">Send</button></form>
      <script>document.querySelector('button').onclick = (event) => event.stopPropagation();
      document.querySelector('form').onsubmit = (event) => event.preventDefault();</script>`,
    );
    const visitor = await site.visitor();
    const page = await visitor.open('/declared');
    await page.locator('#inner').click();
    await page.locator('#send').click();
    const events = await come(2);
    assert.deepEqual(
      events.map(({event, properties}) => [event, properties]),
      [
        ['Added', {order_id: 7, code: '007'}],
        ['Asked', {place: 'foot', plan: 'pro', news: true}],
      ],
    );
    assert.ok(!JSON.stringify(site.collector.requests).includes('never'));
    await visitor.close();
  });

  test('tells how far and how long a page was read, where it is asked to', async () => {
    const tall = '<div style="height:10000px"></div>';
    site.brand.put('/read', site.snippet({scroll: [25, 75], dwell: '1,2'}) + tall);
    const visitor = await site.visitor();
    const page = await visitor.open('/read');
    await come(1, 'page');
    for (const top of [4_000, 2_000, 9_999]) {
      await page.evaluate((y) => {
        window.scrollTo(0, y);
        return new Promise((resolve) => requestAnimationFrame(resolve));
      }, top);
    }
    const events = await come(4, 'track');
    const told = events.map(({event, properties}) => JSON.stringify([event, properties])).sort();
    assert.deepEqual(told, [
      '["Dwell Time",{"seconds":1}]',
      '["Dwell Time",{"seconds":2}]',
      '["Scroll Depth",{"percent":25}]',
      '["Scroll Depth",{"percent":75}]',
    ]);
    await visitor.close();
  });

  test('works twice on a page, by a script alone, and under a strict policy', async () => {
    const src = '/millrace-tag.js';
    const script = `<script src="${src}" data-write-key="WK" data-endpoint="${site.endpoint}"
      async></script>`;
    site.brand.put(
      '/strict',
      script + script,
      `default-src 'none'; script-src 'self'; connect-src ${site.endpoint}`,
    );
    const twice =
      site.snippet({}, {src, nonce: 'abc'}).repeat(2) + script.replace('<script', '$& nonce="abc"');
    site.brand.put(
      '/nonce',
      twice,
      `default-src 'none'; script-src 'nonce-abc'; connect-src ${site.endpoint}`,
    );
    for (const path of ['/strict', '/nonce']) {
      site.collector.begin();
      const visitor = await site.visitor();
      const page = await visitor.open(path);
      await come(1);
      await tag(page, 'track', 'One');
      await come(2);
      assert.deepEqual(
        site.collector.all().map(({type}) => type),
        ['page', 'track'],
        path,
      );
      assert.deepEqual(page.complaints, [], path);
      await visitor.close();
    }
  });

  test('throws nothing into the page', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/quiet');
    await page.waitForFunction(() => /** @type {any} */ (window).millraceTag.isHere);
    await page.evaluate(() => {
      const {millraceTag} = /** @type {any} */ (window);
      /** @type {any} */
      const round = {};
      round.round = round;
      for (const value of [
        undefined,
        null,
        1n,
        Symbol('x'),
        round,
        () => {},
        NaN,
        'x'.repeat(40_000),
      ]) {
        for (const name of [
          'identify',
          'track',
          'page',
          'group',
          'alias',
          'consent',
          'on',
          'ready',
        ]) {
          millraceTag[name](value, value);
        }
      }
      millraceTag.q.push(null);
      millraceTag.q.push(['nothing']);
      millraceTag.on('event', () => {
        throw new Error('of a listener');
      });
      millraceTag.track('Still here');
    });
    await until('the last', () => site.collector.all().some(({event}) => event === 'Still here'));
    assert.deepEqual(
      page.complaints.filter((words) => !words.startsWith('millraceTag')),
      [],
    );
    assert.ok(
      site.collector.requests.some(({body}) => body.context?.dropped > 0),
      'too large ones',
    );
    await visitor.close();
  });

  test('stays small: the stub under 1 KB, the script under 6 KB', async () => {
    const answer = await fetch(site.address);
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    const packed = gzipSync(await answer.text()).length;
    const stub = Buffer.byteLength(stubText());
    console.log(`the stub has ${stub} bytes, the script ${packed}`);
    assert.ok(stub < 1_000 && packed < 6_000, `${stub}, ${packed}`);
    const page = readFileSync(join(kRepository, 'docs/page-tag.md'), 'utf8');
    assert.ok(page.includes(stubText().trim()), 'docs/page-tag.md has another stub');
  });
});
