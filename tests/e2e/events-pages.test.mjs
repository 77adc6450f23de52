// The same for clients of pages: in Chromium, on a page of another origin that allows nothing but
// scripts of its own and the server's, and connections to it.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {after, before, describe, test} from 'node:test';

import {Brand} from './support/brand.mjs';
import {launch} from './support/browser.mjs';
import {writeEcho} from './support/echo.mjs';
import {listEvents} from './support/events.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kShop = 'shop.brand.example';
const kModules = fileURLToPath(new URL('node_modules', import.meta.url));
const kClients = {
  '/segment.js': '@segment/analytics-next/dist/umd/index.js',
  '/segment-snippet.js': '@segment/analytics-next/dist/umd/standalone.js',
  '/rudder.js': '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js',
  '/posthog.js': 'posthog-js/dist/array.full.no-external.js',
  '/snowplow.js': '@snowplow/browser-tracker/dist/index.umd.min.js',
  '/jitsu.js': '@jitsu/js/dist/jitsu.es.js',
};

describe('The Event Listener, asked by pages,', () => {
  const data = temporaryFolder();
  /** @type {Brand} */
  let brand;
  /** @type {Server} */
  let server;
  /** @type {import('playwright-core').Browser} */
  let browser;

  before(async () => {
    brand = await Brand.start();
    const origin = brand.origin('*.brand.example');
    const sources = `sources: {site: {write_key: site_key_1, origins: ['${origin}']}}`;
    server = await Server.start({data, solutions: [writeEcho(sources)]});
    for (const [path, file] of Object.entries(kClients))
      brand.putScript(path, readFileSync(join(kModules, file), 'utf8'));
    browser = await launch(['--host-resolver-rules=MAP *.example 127.0.0.1']);
  });
  after(async () => {
    await browser?.close();
    brand?.stop();
    await server?.stop();
  });

  /**
   * What `script` had kept, with the client on the page; `{url}` and `{user}` are filled in.
   * @param {string} client
   * @param {string} script
   * @param {number} count of events
   */
  async function sentBy(client, script, count, tag = `<script src="${client}"></script>`) {
    const user = `page-${randomUUID()}`;
    const {base_url} = server.ready;
    const fill = (/** @type {string} */ text) =>
      text
        .replaceAll('{url}', base_url)
        .replaceAll('{host}', new URL(base_url).host)
        .replaceAll('{user}', user);
    brand.putScript('/own.js', fill(script));
    brand.put(
      '/page',
      `${fill(tag)}<script src="/own.js"></script>`,
      `default-src 'none'; script-src 'self' ${base_url}; connect-src ${base_url}`,
    );
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/favicon/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(`${brand.origin(kShop)}/page?utm_source=mail`);
    const own = async () => {
      const all = await listEvents(data);
      const devices = new Set(
        all.filter(({user_id}) => user_id === user).map(({anonymous_id}) => anonymous_id),
      );
      return all.filter(({user_id, anonymous_id}) => user_id === user || devices.has(anonymous_id));
    };
    try {
      return await until(`${count} events of ${client}`, async () => {
        const events = await own();
        return events.length >= count && events;
      });
    } catch (error) {
      throw new Error(
        `${error}: ${JSON.stringify(await own())}; the page: ${complaints.join(' | ')}`,
      );
    } finally {
      await page.close();
    }
  }
  test("takes what Millrace's own page tag sends, and knows who is who", async () => {
    const events = await sentBy(
      '/tag/millrace-tag.js',
      `window.millraceTag.track('Looked', {room: 'double'});
       window.millraceTag.identify('{user}', {email: '{user}@example.test'});
       window.millraceTag.track('Bought', {price: 12.5});`,
      4,
      '<script src="{url}/tag/millrace-tag.js" data-write-key="site_key_1"></script>',
    );
    assert.deepEqual(kindsOf(events), ['identify', 'page', 'track', 'track']);
    const {user_id, anonymous_id} = events.find(({name}) => name === 'Bought');
    const shown = await run(['people', 'show', '--data', data, '--id', anonymous_id, '--json']);
    assert.equal(shown.code, 0, shown.stderr);
    const person = JSON.parse(shown.stdout);
    assert.deepEqual(
      new Set(person.identifiers.map((/** @type {any} */ {type, value}) => `${type} ${value}`)),
      new Set([
        `user_id ${user_id}`,
        `anonymous_id ${anonymous_id}`,
        `email ${user_id}@example.test`,
      ]),
    );
    assert.equal(person.traits.email, `${user_id}@example.test`);
    const looked = person.events.find((/** @type {any} */ {name}) => name === 'Looked');
    assert.equal(looked.count, 1);
    const merges = await run(['people', 'merges', '--data', data, '--id', user_id, '--json']);
    assert.ok(JSON.parse(merges.stdout).length > 0, merges.stderr);
    const nobody = await run(['people', 'show', '--data', data, '--id', 'nobody-at-all']);
    assert.equal(nobody.code, 2);
  });

  const kindsOf = (/** @type {any[]} */ events) => events.map(({kind}) => kind).sort();

  test('takes what @segment/analytics-next sends', async () => {
    const events = await sentBy(
      '/segment.js',
      `
      const {AnalyticsBrowser} = window.AnalyticsNext ?? window;
      const analytics = AnalyticsBrowser.load({writeKey: 'site_key_1', cdnURL: '{url}'},
        {integrations: {'Segment.io': {apiHost: '{host}/v1', protocol: 'http'}}});
      analytics.identify('{user}', {plan: 'pro'})
        .then(() => analytics.track('Bought', {price: 12.5}))
        .then(() => analytics.page('Home'));`,
      3,
    );
    assert.deepEqual(kindsOf(events), ['identify', 'page', 'track']);
    const bought = events.find(({name}) => name === 'Bought');
    assert.equal(bought.properties.price, 12.5);
    assert.match(bought.page.url, /\/page\?utm_source=mail/);
    assert.equal(bought.campaign.utm_source, 'mail');
    assert.deepEqual(events.find(({kind}) => kind === 'identify').traits, {plan: 'pro'});
  });

  test("takes what Segment's snippet sends, which fetches its settings", async () => {
    // What its snippet leaves for the script: what was called meanwhile, where the settings are.
    brand.putScript(
      '/queue.js',
      `const analytics = window.analytics = [];
      for (const name of ['identify', 'track', 'page'])
        analytics[name] = (...of) => analytics.push([name, ...of]);
      analytics._writeKey = 'site_key_1';
      analytics._cdn = '${server.ready.base_url}';
      analytics.load = () => {};`,
    );
    const events = await sentBy(
      '/segment-snippet.js',
      `
      window.analytics.identify('{user}'); window.analytics.track('Bought');`,
      2,
      '<script src="/queue.js"></script><script src="/segment-snippet.js"></script>',
    );
    assert.deepEqual(kindsOf(events), ['identify', 'track']);
  });

  test('takes what @rudderstack/analytics-js sends', async () => {
    const events = await sentBy(
      '/rudder.js',
      `
      const analytics = new (window.rudderanalytics?.RudderAnalytics ?? window.RudderAnalytics)();
      analytics.load('site_key_1', '{url}', {configUrl: '{url}', useBeacon: false});
      analytics.identify('{user}', {plan: 'pro'});
      analytics.track('Bought', {price: 12.5});
      analytics.page('Home');`,
      3,
    );
    assert.deepEqual(kindsOf(events), ['identify', 'page', 'track']);
    assert.equal(events.find(({kind}) => kind === 'identify').traits.plan, 'pro');
  });

  test('takes what posthog-js sends, compressed without saying so', async () => {
    const events = await sentBy(
      '/posthog.js',
      `
      window.posthog.init('site_key_1', {api_host: '{url}', ui_host: '{url}',
        opt_out_useragent_filter: true,
        autocapture: false, capture_pageview: true, disable_external_dependency_loading: true});
      window.posthog.capture('Bought', {price: 12.5});
      window.posthog.identify('{user}', {plan: 'pro'});`,
      3,
    );
    const byName = Object.fromEntries(events.map((event) => [event.name, event]));
    assert.equal(byName.Bought.properties.price, 12.5);
    assert.equal(byName.Bought.user_id, undefined);
    assert.equal(byName.$identify.traits.plan, 'pro');
    assert.equal(byName.$identify.anonymous_id, byName.Bought.anonymous_id);
    assert.equal(byName.$pageview.kind, 'page');
  });

  test('takes what @snowplow/browser-tracker sends', async () => {
    const events = await sentBy(
      '/snowplow.js',
      `
      const {newTracker, setUserId, trackPageView, trackSelfDescribingEvent} =
        window.snowplowBrowserTracking;
      newTracker('sp', '{url}', {appId: 'site_key_1', eventMethod: 'post'});
      setUserId('{user}');
      trackPageView({title: 'Home'});
      trackSelfDescribingEvent(
        {event: {schema: 'iglu:com.acme/buy/jsonschema/1-0-0', data: {sku: '9'}}});`,
      2,
    );
    assert.deepEqual(events.map(({name}) => name).sort(), ['Home', 'buy']);
    assert.deepEqual(events.find(({name}) => name === 'buy').properties.sku, '9');
  });

  test('takes what @jitsu/js sends', async () => {
    const events = await sentBy(
      '/jitsu.js',
      `
      import('/jitsu.js').then(async ({jitsuAnalytics}) => {
        const jitsu = jitsuAnalytics({host: '{url}', writeKey: 'site_key_1:any'});
        await jitsu.identify('{user}', {plan: 'pro'});
        await jitsu.track('Bought', {price: 12.5});
      });`,
      2,
      '',
    );
    assert.deepEqual(kindsOf(events), ['identify', 'track']);
  });
});
