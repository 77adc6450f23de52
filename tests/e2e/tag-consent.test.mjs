// What the page tag keeps and sends before a visitor was asked, after a yes, after a no, and where
// the browser says no for its user; how long a visitor is the same one, and that the chat on the
// same page hears who it is.

import assert from 'node:assert/strict';
import {after, before, beforeEach, describe, test} from 'node:test';

import {readSnapshot} from './support/engagement.mjs';
import {writeShop} from './support/shop.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {kShop, startTagged} from './support/tagged.mjs';
import {until} from './support/until.mjs';

describe('Page tag and consent', () => {
  /** @type {Awaited<ReturnType<typeof startTagged>>} */
  let site;
  before(async () => {
    site = await startTagged();
    site.brand.put('/asked', site.snippet({consent: 'required', purpose: 'analytics'}));
    site.brand.put('/free', site.snippet({purpose: 'analytics', cookie: true}));
    site.brand.put('/quiet', site.snippet({pages: false}));
    site.brand.put('/signal', site.snippet({gpc: true, cookie: true}));
  });
  beforeEach(() => site.collector.begin());
  after(() => site?.stop());

  /** @param {import('playwright-core').Page} page @param {string} method @param {...any} args */
  const tag = async (page, method, ...args) => {
    await page.waitForFunction(() => /** @type {any} */ (window).millraceTag.isHere);
    return page.evaluate(
      ([name, given]) => /** @type {any} */ (window).millraceTag[name](...given),
      /** @type {[string, any[]]} */ ([method, args]),
    );
  };
  /** @param {import('playwright-core').Page} page */
  const stored = (page) =>
    page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort());
  /** @param {string} event */
  const come = (event) =>
    until(event, () => site.collector.all().find((one) => one.event === event));
  /** @param {number} count */
  const comeAll = (count) =>
    until(`${count} events`, () => {
      const all = site.collector.all();
      return all.length >= count && all;
    });
  /** An event that has come says that everything before it would have. @param {any} visitor */
  async function assertSilent(visitor) {
    const other = await site.visitor();
    const page = await other.open('/free');
    await tag(page, 'track', 'Of another visitor');
    await come('Of another visitor');
    assert.equal(site.collector.all('track').length, 1);
    assert.deepEqual(await visitor.context.cookies(), []);
    await other.close();
  }

  test('before the answer nothing is kept or sent; after a yes all of it is', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/asked');
    await tag(page, 'track', 'Before');
    await tag(page, 'identify', 'u-1');
    assert.equal(await tag(page, 'anonymousId'), null);
    await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    assert.deepEqual(await stored(page), []);
    await assertSilent(visitor);
    await tag(page, 'consent', {analytics: true, marketing: false});
    const {context, anonymousId} = await come('Before');
    assert.deepEqual(context.consent.categoryPreferences, {analytics: true, marketing: false});
    assert.deepEqual(
      site.collector
        .all()
        .slice(-3)
        .map(({type, userId}) => [type, userId]),
      [
        ['page', undefined],
        ['track', undefined],
        ['identify', 'u-1'],
      ],
    );
    // The next page need not ask again.
    await page.goto(page.url());
    await tag(page, 'track', 'Next page');
    const next = await come('Next page');
    assert.deepEqual([next.anonymousId, next.userId], [anonymousId, 'u-1']);
    assert.deepEqual(next.context.consent, context.consent);
    await visitor.close();
  });

  test('after a no nothing is kept or sent, and what was is gone', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/asked');
    await tag(page, 'track', 'Before');
    await tag(page, 'consent', {necessary: true, analytics: false});
    await tag(page, 'track', 'After');
    assert.deepEqual(await stored(page), []);
    await assertSilent(visitor);
    site.collector.begin();
    // They think better of it, and then not.
    await tag(page, 'consent', {analytics: true});
    await tag(page, 'track', 'Now');
    await come('Now');
    site.collector.mode = 'unavailable';
    await tag(page, 'track', 'Under way');
    await tag(page, 'consent', {analytics: false});
    assert.deepEqual(await stored(page), []);
    assert.equal(site.collector.all('track').length, 1);
    await visitor.close();
  });

  test('a no is remembered where nobody asks first', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/free');
    await tag(page, 'track', 'Before');
    await come('Before');
    await tag(page, 'consent', {analytics: false});
    assert.deepEqual(await stored(page), ['millrace-consent']);
    site.collector.begin();
    await page.reload();
    await tag(page, 'track', 'After');
    await tag(page, 'consent', {analytics: false});
    assert.deepEqual(await stored(page), ['millrace-consent']);
    await assertSilent(visitor);
    await visitor.close();
  });

  test('servers hear of a change, and other tabs do', async () => {
    const visitor = await site.visitor();
    const [page, other] = [await visitor.open('/asked'), await visitor.open('/asked')];
    await tag(other, 'track', 'In the other tab');
    await tag(page, 'consent', {analytics: true, marketing: true});
    await come('In the other tab');
    await tag(page, 'consent', {marketing: false});
    const told = await until('the change', () => site.collector.all('identify')[0]);
    assert.deepEqual(told.context.consent.categoryPreferences, {analytics: true, marketing: false});
    await tag(page, 'consent', {analytics: false});
    await until('the other tab to know', async () => (await tag(other, 'anonymousId')) === null);
    await tag(other, 'track', 'Too late');
    assert.deepEqual(await stored(other), []);
    await visitor.close();
  });

  test('a browser that says no is believed, where the site wants that', async () => {
    const visitor = await site.visitor(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', {value: true});
    });
    const page = await visitor.open('/signal');
    await tag(page, 'track', 'Never');
    await tag(page, 'consent', {analytics: true});
    await tag(page, 'track', 'Never');
    await assertSilent(visitor);
    await visitor.close();
  });

  test('renews who the visitor is, and keeps who they are until then', async () => {
    const visitor = await site.visitor();
    const page = await visitor.open('/quiet');
    await tag(page, 'identify', 'u-1');
    await page.reload();
    await tag(page, 'track', 'Before');
    await comeAll(2);
    await tag(page, 'reset');
    await tag(page, 'track', 'After');
    const [one, before, after] = await comeAll(3);
    assert.equal(one.anonymousId, before.anonymousId);
    assert.equal(one.context.sessionId, before.context.sessionId);
    assert.deepEqual([before.userId, after.userId], ['u-1', undefined]);
    assert.notEqual(after.anonymousId, before.anonymousId);
    assert.notEqual(after.context.sessionId, before.context.sessionId);
    assert.equal(await tag(page, 'anonymousId'), after.anonymousId);
    await visitor.close();
  });

  test('has one visitor over the sites of a domain, where a cookie is asked for', async () => {
    site.brand.put('/cookie', site.snippet({pages: false, cookie: 'brand.example'}));
    const visitor = await site.visitor();
    for (const host of [kShop, 'www.brand.example']) {
      const page = await visitor.open('/cookie', host);
      await tag(page, 'track', host);
    }
    const [one, two] = await comeAll(2);
    assert.equal(one.anonymousId, two.anonymousId);
    const [{name, value, domain, sameSite}] = await visitor.context.cookies();
    assert.deepEqual(
      [name, value, domain, sameSite],
      ['millrace-anonymous-id', one.anonymousId, '.brand.example', 'Lax'],
    );
    await visitor.close();
  });

  test('the chat is told under which id the tag knows the visitor', async () => {
    const shop = await Server.start({
      data: temporaryFolder(),
      solutions: [writeShop(site.brand.origin('*.brand.example'))],
    });
    const {base_url: base, app_id: app} = shop.ready;
    site.brand.put(
      '/both',
      `${site.snippet()}
      <script async src="${base}/sdk/launcher.js" data-app="${app}"></script>`,
    );
    const visitor = await site.visitor();
    const page = await visitor.open('/both');
    const id = await tag(page, 'anonymousId');
    const opened = page.waitForResponse(/anonymous_session/);
    await page.getByRole('button', {name: 'Open the chat'}).click();
    const session = await (await opened).json();
    await page.frameLocator('iframe').locator('[data-side="bot"]', {hasText: 'Hello'}).waitFor();
    const snapshot = /** @type {any} */ (await readSnapshot(shop.ready, session));
    assert.equal(snapshot.gateway_metadata.anonymous_id, id);
    await visitor.close();
    await shop.stop();
  });
});
