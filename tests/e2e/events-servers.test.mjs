// Clients that brands have on their servers, unmodified, send to the Event Listener; what is in its
// log afterwards is compared with what they were told to send.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, describe, test} from 'node:test';

import {Analytics} from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import {
  buildSelfDescribingEvent,
  buildPageView,
  buildStructEvent,
  newTracker,
} from '@snowplow/node-tracker';
import {PostHog} from 'posthog-node';

import {writeEcho} from './support/echo.mjs';
import {listEvents} from './support/events.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

describe('The Event Listener, asked by servers,', () => {
  const data = temporaryFolder();
  /** @type {Server} */
  let server;
  /** @type {string} */
  let url;

  before(async () => {
    const sources = 'sources: {server: {write_key: server_key_1, addresses: truncate}}';
    server = await Server.start({data, solutions: [writeEcho(sources)]});
    url = server.ready.base_url;
  });
  after(() => server?.stop());

  const eventsOf = async (/** @type {string} */ person) =>
    (await listEvents(data)).filter(
      (event) => event.user_id === person || event.anonymous_id === person,
    );

  test('takes what @segment/analytics-node sends', async () => {
    const user = `segment-${randomUUID()}`;
    const analytics = new Analytics({writeKey: 'server_key_1', host: url});
    analytics.identify({
      userId: user,
      anonymousId: 'anon-1',
      traits: {email: 'a@example.test', plan: 'pro'},
    });
    analytics.track({
      userId: user,
      event: 'Order Completed',
      properties: {revenue: 12.5},
      timestamp: new Date(Date.now() - 3_600_000),
      context: {consent: {categoryPreferences: {ads: false}}},
    });
    analytics.page({
      userId: user,
      category: 'Docs',
      name: 'Home',
      properties: {url: 'https://a.test/docs'},
    });
    analytics.screen({userId: user, name: 'Main'});
    analytics.group({userId: user, groupId: 'g-1', traits: {name: 'Acme'}});
    analytics.alias({userId: user, previousId: 'anon-1'});
    await analytics.closeAndFlush();
    const events = await eventsOf(user);
    assert.deepEqual(
      events.map(({kind, name}) => [kind, name]),
      [
        ['identify', undefined],
        ['track', 'Order Completed'],
        ['page', 'Home'],
        ['screen', 'Main'],
        ['group', undefined],
        ['alias', undefined],
      ],
    );
    assert.deepEqual(events[0].traits, {email: 'a@example.test', plan: 'pro'});
    assert.deepEqual(events[1].properties, {revenue: 12.5});
    assert.deepEqual(events[1].consent, {ads: false});
    const age = Date.parse(events[1].received) - Date.parse(events[1].at);
    assert.ok(Math.abs(age - 3_600_000) < 5_000, `happened ${age} ms before it came`);
    assert.equal(events[2].page.url, 'https://a.test/docs');
    assert.equal(events[4].group_id, 'g-1');
    assert.equal(events[5].previous_id, 'anon-1');
    assert.ok(
      events.every(({source, address}) => source === 'Echo/server' && address === '127.0.0.0'),
    );
  });

  test('takes what @rudderstack/rudder-sdk-node sends, a gzip that says it is a form', async () => {
    const user = `rudder-${randomUUID()}`;
    const analytics = new RudderAnalytics('server_key_1', {dataPlaneUrl: url, logLevel: 'error'});
    analytics.identify({userId: user, traits: {plan: 'pro'}});
    analytics.track({userId: user, event: 'Order Completed', properties: {revenue: 12.5}});
    await new Promise((done) => analytics.flush(() => done(undefined)));
    const events = await eventsOf(user);
    assert.deepEqual(
      events.map(({kind}) => kind),
      ['identify', 'track'],
    );
    assert.deepEqual(events[0].traits, {plan: 'pro'});
  });

  test('takes what posthog-node sends', async () => {
    const user = `posthog-${randomUUID()}`;
    const posthog = new PostHog('server_key_1', {host: url, flushAt: 1, disableGeoip: false});
    posthog.identify({distinctId: user, properties: {plan: 'pro'}});
    posthog.capture({distinctId: user, event: 'Order Completed', properties: {revenue: 12.5}});
    posthog.alias({distinctId: user, alias: 'before'});
    posthog.groupIdentify({
      groupType: 'company',
      groupKey: 'g-1',
      properties: {name: 'Acme'},
      distinctId: user,
    });
    await posthog.shutdown();
    const events = await eventsOf(user);
    assert.deepEqual(events.map(({kind}) => kind).sort(), ['alias', 'group', 'identify', 'track']);
    const told = events.find(({kind}) => kind === 'identify');
    assert.equal(told.traits.plan, 'pro');
    assert.equal(events.find(({kind}) => kind === 'alias').previous_id, 'before');
    assert.equal(events.find(({kind}) => kind === 'group').group_id, 'g-1');
    assert.equal(events.find(({kind}) => kind === 'track').properties.revenue, 12.5);
  });

  test('takes what @snowplow/node-tracker sends', async () => {
    const user = `snowplow-${randomUUID()}`;
    const tracker = newTracker(
      {namespace: 'sp', appId: 'server_key_1', encodeBase64: true},
      {endpoint: url, eventMethod: 'post', bufferSize: 1},
    );
    tracker.setUserId(user);
    tracker.track(buildPageView({pageUrl: 'https://a.test/p', pageTitle: 'P'}));
    tracker.track(buildStructEvent({category: 'shop', action: 'add', label: 'x', value: 3}));
    tracker.track(
      buildSelfDescribingEvent({
        event: {schema: 'iglu:com.acme/buy/jsonschema/1-0-0', data: {sku: '9'}},
      }),
    );
    tracker.flush();
    const events = await until('three events', async () => {
      const all = await eventsOf(user);
      return all.length === 3 && all;
    });
    const byName = Object.fromEntries(events.map((event) => [event.name, event]));
    assert.equal(byName.P.page.url, 'https://a.test/p');
    assert.deepEqual(byName.buy.properties, {sku: '9'});
    assert.equal(byName.add.properties.category, 'shop');
  });
});
