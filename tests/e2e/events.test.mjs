// The Event Listener's addresses, asked by hand: what is answered, kept, put aside and refused.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {gzipSync} from 'node:zlib';

import {begin, say, writeEcho} from './support/echo.mjs';
import {listEvents, listQuarantine} from './support/events.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';

const kSources = `sources:
  site:
    write_key: site_key_1
    origins: [https://shop.brand.example]
  server:
    write_key: server_key_1
    addresses: truncate`;

describe('The Event Listener', () => {
  const data = temporaryFolder();
  /** @type {Server} */
  let server;
  /** @type {string} */
  let url;

  const restart = async () => {
    server = await Server.start({data, solutions: [writeEcho(kSources)]});
    url = server.ready.base_url;
  };
  before(restart);
  after(() => server?.stop());

  /** @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
  const post = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
    });
  const eventsOf = async (/** @type {string} */ person) =>
    (await listEvents(data)).filter(
      (event) => event.user_id === person || event.anonymous_id === person,
    );

  test('answers each dialect as its clients expect it', async () => {
    const call = {event: 'e', userId: 'answers', messageId: randomUUID(), writeKey: 'server_key_1'};
    for (const [path, body, answer] of /** @type {[string, unknown, string][]} */ ([
      ['/v1/t', call, '{"success":true}'],
      ['/v1/track', call, '{"success":true}'],
      [
        '/v1/batch',
        {batch: [{...call, type: 'track'}], writeKey: 'server_key_1'},
        '{"success":true}',
      ],
      [
        '/beacon/v1/batch?writeKey=server_key_1',
        {batch: [{...call, type: 'track'}]},
        '{"success":true}',
      ],
      ['/api/s/track', call, '{"success":true}'],
      [
        '/e/',
        {api_key: 'server_key_1', event: 'e', distinct_id: 'u', uuid: randomUUID()},
        '{"status":1}',
      ],
      ['/i/v0/e/?ip=0', {token: 'server_key_1', event: 'e', distinct_id: 'u'}, '{"status":1}'],
      ['/capture/', {api_key: 'server_key_1', event: 'e', distinct_id: 'u'}, '{"status":1}'],
      ['/engage/', {$token: 'server_key_1', $distinct_id: 'u', $set: {a: 1}}, '{"status":1}'],
    ])) {
      const response = await post(path, body, {'Content-Type': 'text/plain'});
      assert.equal(response.status, 200, path);
      assert.equal(await response.text(), answer, path);
    }
    for (const path of [
      '/pixel/v1/track?writeKey=server_key_1&event=e&anonymousId=a&properties=%7B%22x%22%3A1%7D',
      '/i?e=pv&url=https%3A%2F%2Fa.test&aid=server_key_1&duid=d',
    ]) {
      const response = await fetch(url + path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('content-type'), 'image/gif');
    }
    const flags = await post('/flags/?v=2', {token: 'server_key_1', distinct_id: 'u'});
    assert.deepEqual((await flags.json()).featureFlags, {});
    const settings = await (await fetch(`${url}/v1/projects/server_key_1/settings`)).json();
    assert.equal(settings.integrations['Segment.io'].apiKey, 'server_key_1');
    assert.equal(`http://${settings.integrations['Segment.io'].apiHost}`, `${url}/v1`);
  });

  test('keeps an event once, however often it comes, also over a restart', async () => {
    const user = `again-${randomUUID()}`;
    const batch = Array.from({length: 50}, (_, at) => ({
      type: 'track',
      event: `e${at}`,
      userId: user,
      messageId: `${user}-${at}`,
    }));
    const send = () => post('/v1/batch', {batch, writeKey: 'server_key_1'});
    const answers = await Promise.all([send(), send(), send()]);
    assert.ok(answers.every(({status}) => status === 200));
    await server.stop();
    await restart();
    assert.equal((await send()).status, 200);
    const events = await eventsOf(user);
    assert.deepEqual(
      events.map(({name}) => name),
      batch.map(({event}) => event),
    );
  });

  test('puts what is wrong aside, with the reason, and takes the rest', async () => {
    const user = `bad-${randomUUID()}`;
    const response = await post('/v1/batch', {
      writeKey: 'server_key_1',
      batch: [
        {type: 'track', event: 'good', userId: user, messageId: `${user}-1`},
        {type: 'track', event: 'of nobody', messageId: `${user}-2`},
        {
          type: 'track',
          event: 'long',
          userId: user,
          messageId: `${user}-3`,
          properties: {pad: 'x'.repeat(33_000)},
        },
      ],
    });
    assert.equal(response.status, 200);
    assert.equal((await eventsOf(user)).length, 1);
    const aside = (await listQuarantine(data)).filter(({id}) => id?.startsWith(user));
    assert.deepEqual(
      aside.map(({id}) => id),
      [`${user}-2`, `${user}-3`],
    );
    assert.match(aside[0].reason, /userId/);
    assert.equal(aside[0].raw.event, 'of nobody');
  });

  test('refuses what it must, in words', async () => {
    for (const [path, body, status, words] of /** @type {[string, any, number, RegExp][]} */ ([
      ['/v1/batch', {batch: [], writeKey: 'unknown_key'}, 401, /write key/],
      ['/v1/batch', {batch: []}, 401, /write key/],
      ['/v1/batch', '{"batch":', 400, /JSON/],
      ['/v1/batch', {batch: {}, writeKey: 'server_key_1'}, 400, /list/],
      [
        '/v1/batch',
        {writeKey: 'server_key_1', batch: Array.from({length: 2_501}, () => ({}))},
        400,
        /2500/,
      ],
      ['/v1/batch', 'x'.repeat(512_001), 400, /512000/],
      ['/e/', gzipSync(Buffer.alloc(64 << 20)), 413, /4194304/],
      ['/e/', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 400, /gzip/],
    ])) {
      const response = await post(path, body);
      assert.equal(response.status, status, path);
      assert.match(await response.text(), words);
    }
  });

  test('lets pages of a source send, and no others', async () => {
    const asked = await fetch(`${url}/v1/t`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://shop.brand.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,rsa-retry-attempt',
      },
    });
    assert.equal(asked.headers.get('access-control-allow-origin'), 'https://shop.brand.example');
    assert.equal(
      asked.headers.get('access-control-allow-headers'),
      'authorization,rsa-retry-attempt',
    );
    assert.equal(asked.headers.get('access-control-allow-credentials'), 'true');
    const call = {event: 'e', userId: 'page', writeKey: 'site_key_1'};
    const good = await post('/v1/t', call, {Origin: 'https://shop.brand.example'});
    assert.equal(good.status, 200);
    assert.match(good.headers.get('access-control-expose-headers') ?? '', /Retry-After/);
    const other = await post('/v1/t', call, {Origin: 'https://evil.example'});
    assert.equal(other.status, 403);
  });

  test('forgets a person and what their device did, and nobody else', async () => {
    const [user, device, other] = [randomUUID(), randomUUID(), randomUUID()];
    const batch = [
      {type: 'page', name: 'before', anonymousId: device},
      {
        type: 'identify',
        userId: user,
        anonymousId: device,
        traits: {email: `${user}@example.test`},
      },
      {type: 'track', event: 'theirs', userId: user},
      {type: 'track', event: 'of another', userId: other},
    ];
    assert.equal((await post('/v1/batch', {batch, writeKey: 'server_key_1'})).status, 200);
    const before = await listEvents(data);
    await server.stop();
    const done = await run(['events', 'forget', '--data', data, '--id', user]);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /forgotten: 3 events/);
    for (const id of [user, device])
      assert.equal((await run(['-ral', id, data], 'grep')).stdout, '', `files with ${id}`);
    const left = await listEvents(data);
    assert.deepEqual(
      left,
      before.filter(({user_id, anonymous_id}) => user_id !== user && anonymous_id !== device),
    );
    assert.ok(left.some(({user_id}) => user_id === other));
    assert.equal((await run(['events', 'forget', '--data', data, '--id', user])).code, 1);
    await restart();
    assert.equal(
      (await post('/v1/t', {event: 'e', userId: other, writeKey: 'server_key_1'})).status,
      200,
    );
  });

  test('forgets what a person of a conversation did on their device', async () => {
    const device = randomUUID();
    const session = await begin(server.ready, {anonymous_id: device});
    await say(server.ready, session, 'hello', randomUUID());
    const batch = [
      {type: 'page', name: 'Rooms', anonymousId: device},
      {type: 'track', event: 'of another', anonymousId: randomUUID()},
    ];
    assert.equal((await post('/v1/batch', {batch, writeKey: 'server_key_1'})).status, 200);
    const count = (await listEvents(data)).length;
    await server.stop();
    const done = await run(['forget', '--data', data, session.chat_id]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal((await run(['-ral', device, data], 'grep')).stdout, '', 'files with the device');
    assert.equal((await listEvents(data)).length, count - 1);
    await restart();
  });

  test('is backed up, encrypted and verified with the rest of the folder', async () => {
    const [backup, key] = [join(temporaryFolder(), 'copy'), join(temporaryFolder(), 'key')];
    const copied = await run(['backup', '--data', data, '--to', backup]);
    assert.equal(copied.code, 0, copied.stderr);
    const events = await listEvents(data);
    assert.ok(events.length > 0);
    assert.deepEqual(await listEvents(backup), events);
    for (const options of [
      ['data-key', key],
      ['encrypt', '--data', backup, '--key', key],
    ]) {
      const {code, stderr} = await run(options);
      assert.equal(code, 0, `${options.join(' ')}: ${stderr}`);
    }
    const secret = events[0].source;
    assert.equal((await run(['-ral', secret, join(backup, 'events')], 'grep')).stdout, '');
    const verified = await run(['verify', '--data', backup, '--encrypt-at-rest', key]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.deepEqual(await listEvents(backup, ['--encrypt-at-rest', key]), events);
  });
});
