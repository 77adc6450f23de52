// The black-box cases of users/track by their numbers (reference: users-track.md 14), over HTTP,
// and what is at stake around them: the seed's own requests, what appears in logs, the faults.

import assert from 'node:assert/strict';
import {readFileSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {Sandbox, kKey} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';
import {kCases, kNothing} from './support/cases/track.mjs';

describe('users/track', () => {
  /** @type {Record<string, Sandbox>} */
  const sandboxes = {};
  before(async () => {
    sandboxes.current = await Sandbox.start({data: temporaryFolder()});
    sandboxes.legacy = await Sandbox.start({data: temporaryFolder(), more: ['--profile', 'legacy', '--strict']});
  });
  after(async () => {
    for (const sandbox of Object.values(sandboxes)) assert.equal(await sandbox.end(), 0);
  });

  for (const item of kCases) {
    test(`case ${item.number}: ${item.name}`, async () => {
      const sandbox = sandboxes[item.on ?? 'current'];
      const answer = await sandbox.ask({path: '/users/track', body: item.body, ...item.ask});
      assert.equal(answer.status, item.status, answer.text);
      assert.ok(answer.body, 'every answer is JSON');
      if (item.body_is) assert.deepEqual(answer.body, item.body_is);
      if (item.message) assert.equal(answer.body.message, item.message);
      if (item.error) {
        assert.deepEqual(answer.body.errors?.map((/** @type {any} */ error) => error.type), [item.error]);
      }
      if (item.code) assert.ok(answer.codes.includes(item.code), answer.codes.join());
      await item.then?.(sandbox, answer);
    });
  }

  test('case 47: the rate is counted, and a 429 says when to come back', async () => {
    const sandbox = sandboxes.current;
    // A limit that can be reached by hand: 500 a minute.
    let refused;
    for (let i = 0; i < 1_001 && refused === undefined; ++i) {
      const answer = await sandbox.ask({path: '/users/track/sync', body: {attributes: [{external_id: 'rate', n: i}]}});
      if (answer.status === 429) refused = answer;
      else assert.equal(answer.status, 201, answer.text);
    }
    assert.ok(refused, 'no 429 in two windows');
    assert.deepEqual(refused.body, {message: 'Rate Limited'});
    assert.match(refused.headers.get('X-RateLimit-Retry-After') ?? '', /^\d+$/);
    assert.match(refused.headers.get('Retry-After') ?? '', /^\d+$/);
    assert.equal(refused.headers.get('X-RateLimit-Limit'), null);
  });
});

describe('the seed\'s listings', () => {
  /** @type {Sandbox} */
  let sandbox;
  before(async () => {
    sandbox = await Sandbox.start({data: temporaryFolder()});
  });
  after(async () => assert.equal(await sandbox.end(), 0));

  const kPlaceholders = {
    attributes: [{external_id: '{ USER_ID }', first_name: '{ FIRST_NAME }', last_name: '{ LAST_NAME }', email: '{ EMAIL }', dob: '{ DATE_OF_BIRTH }', home_city: '{ CITY }', operating_system: '{ OPERATING_SYSTEM }'}],
    events: [{external_id: '{ USER_ID }', name: '{ EVENT_NAME }', time: '{ EVENT_TIME }'}],
    partner: 'pypestream',
  };
  const kReal = {
    attributes: [{external_id: 'u-4711', first_name: 'Ana', last_name: 'Silva', email: 'ana@example.com', dob: '1990-04-03', home_city: 'Porto', operating_system: 'iOS'}],
    events: [{external_id: 'u-4711', name: 'signup_conversation_completed', time: '2026-01-02T03:04:05Z'}],
    partner: 'pypestream',
  };

  test('as printed: never loaded, so nothing is asked', async () => {
    const response = await fetch(`${sandbox.url}/_sandbox/requests`);
    assert.deepEqual((await response.json()).requests, []);
  });

  test('comma mended: 401, Bearer missing and the payload in the query', async () => {
    const answer = await sandbox.ask({
      path: '/users/track?attributes=external_id&attributes=first_name&events=external_id&events=name&events=time&partner=pypestream',
      authorization: kKey, headers: {'Content-Length': '0'},
    });
    assert.equal(answer.status, 401);
    assert.ok(answer.codes.includes('BRZ_MISSING_BEARER') && answer.codes.includes('BRZ_PAYLOAD_IN_QUERY'), answer.codes.join());
  });

  test('comma and json=: 401, Bearer missing alone', async () => {
    const answer = await sandbox.ask({path: '/users/track', authorization: kKey, body: kPlaceholders});
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.codes, ['BRZ_MISSING_BEARER']);
  });

  test('all three: 400 with the placeholders named', async () => {
    const answer = await sandbox.track(kPlaceholders);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.message, kNothing);
    assert.ok(answer.codes.includes('BRZ_UNRESOLVED_PLACEHOLDER'), answer.codes.join());
  });

  test('with real values: 201, and the profile is there', async () => {
    const answer = await sandbox.track(kReal);
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.body, {attributes_processed: 1, events_processed: 1, message: 'success'});
    assert.ok(answer.codes.includes('BRZ_CUSTOM_ATTRIBUTE'));
    const profile = await sandbox.profile('u-4711');
    assert.equal(profile.first_name, 'Ana');
    assert.equal(profile.custom_attributes.operating_system, 'iOS');
    assert.equal(profile.custom_events[0].name, 'signup_conversation_completed');
  });

  test('the inspector tells all of it in plain words', async () => {
    const found = async (/** @type {string} */ search) => {
      const response = await fetch(`${sandbox.url}/_sandbox/requests?search=${search}`);
      return (await response.json()).requests.length;
    };
    assert.equal(await found('BRZ_MISSING_BEARER'), 2);
    assert.equal(await found('json%3D'), 1, 'what to write instead');
    assert.equal(await found('placeholder'), 1);
  });
});

describe('what is written down', () => {
  test('no key and no e-mail address stands in a log line, a diagnosis or the list of requests', async () => {
    const data = temporaryFolder();
    const sandbox = await Sandbox.start({data, more: ['--key', 'planted-secret-key'], logLevel: 'debug'});
    const secrets = ['planted-secret-key', 'planted.person@example.com'];
    const [key, email] = secrets;
    const answers = [];
    for (const authorization of [`Bearer ${key}`, key, `Bearer "${key}"`, `Bearer ${key}x`, '']) {
      for (const body of [{attributes: [{external_id: email, email, [email]: email}]}, `{"api_key":"${key}"`, {api_key: key, events: [{email, name: email, time: email}]}]) {
        answers.push(await sandbox.ask({path: `/users/track?api_key=${key}&email=${email}`, authorization, body}));
      }
      answers.push(await sandbox.ask({path: `/${email}/${key}`, authorization, body: {}}));
    }
    for (const answer of answers) {
      for (const secret of secrets) assert.ok(!JSON.stringify(answer.diagnostics).includes(secret));
    }
    const listed = await (await fetch(`${sandbox.url}/_sandbox/requests`)).text();
    assert.ok(!listed.includes(email));
    assert.equal(await sandbox.end(), 0);
    for (const secret of secrets) assert.ok(!sandbox.log().includes(secret), 'in the log');
    for (const file of readdirSync(data, {recursive: true, encoding: 'utf8'})) {
      if (statSync(join(data, file)).isDirectory()) continue;
      assert.ok(!readFileSync(join(data, file)).includes(key), `the key is in ${file}`);
    }
  });
});

describe('faults', () => {
  /** @type {Sandbox} */
  let sandbox;
  before(async () => {
    sandbox = await Sandbox.start({data: temporaryFolder()});
  });
  after(async () => assert.equal(await sandbox.end(), 0));

  const set = async (/** @type {object} */ fault) => {
    const response = await fetch(`${sandbox.url}/_sandbox/faults`, {
      method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(fault),
    });
    assert.equal(response.status, 200, await response.text());
  };
  const send = (/** @type {number} */ n) => sandbox.track({attributes: [{external_id: 'fault', n}]});
  const seen = async () => (await sandbox.profile('fault'))?.custom_attributes.n;

  for (const [headers, want] of /** @type {[string, Record<string, RegExp | null>][]} */ ([
    ['x_retry_after', {'X-RateLimit-Retry-After': /^7$/, 'Retry-After': null}],
    ['retry_after', {'Retry-After': /^7$/, 'X-RateLimit-Retry-After': null}],
    ['epoch_reset', {'X-RateLimit-Reset': /^\d{10}$/, 'Retry-After': null}],
    ['delta_reset', {'X-RateLimit-Reset': /^7$/, 'Retry-After': null}],
    ['empty', {'X-RateLimit-Reset': /^$/}],
    ['none', {'X-RateLimit-Reset': null, 'Retry-After': null, 'X-RateLimit-Retry-After': null}],
  ])) {
    test(`429 with headers: ${headers}`, async () => {
      await set({mode: 'refuse', status: 429, headers, retry_after_s: 7, times: 1});
      const answer = await send(1);
      assert.equal(answer.status, 429);
      for (const [name, pattern] of Object.entries(want)) {
        const value = answer.headers.get(name);
        if (pattern === null) assert.equal(value, null, name);
        else assert.match(value ?? 'absent', pattern, name);
      }
    });
  }

  test('HTML 413, empty 503, 500, 202 queued, 401 that repeats the key', async () => {
    await set({mode: 'refuse', status: 413, body: 'html', times: 1});
    const html = await send(1);
    assert.deepEqual([html.status, html.body, html.headers.get('Content-Type')], [413, undefined, 'text/html']);
    await set({mode: 'refuse', status: 503, body: 'empty', times: 1});
    const empty = await send(1);
    assert.deepEqual([empty.status, empty.text], [503, '']);
    await set({mode: 'refuse', status: 500, times: 1});
    assert.equal((await send(1)).status, 500);
    assert.equal(await seen(), undefined, 'nothing of it was stored');
    await set({mode: 'queued', times: 1});
    const queued = await send(2);
    assert.deepEqual([queued.status, queued.body], [202, {message: 'queued'}]);
    assert.equal(await seen(), 2);
    await set({mode: 'refuse', status: 401, times: 1});
    assert.equal((await send(3)).body.message, `Invalid API key: ${kKey}`);
    assert.equal((await send(4)).status, 201);
  });

  test('a reset before and after the request was carried out', async () => {
    await set({mode: 'drop_before', times: 1});
    await assert.rejects(send(10));
    assert.equal(await seen(), 4);
    await set({mode: 'drop', times: 1});
    await assert.rejects(send(11));
    assert.equal(await seen(), 11);
  });

  test('a mix by chance comes out the same for the same seed', async () => {
    const run = async () => {
      await set({mode: 'mix', seed: 7, share: 0.5, of: ['queued', {mode: 'refuse', status: 500}, {mode: 'refuse', status: 429}]});
      const statuses = [];
      for (let i = 0; i < 40; ++i) statuses.push((await send(i)).status);
      const told = await (await fetch(`${sandbox.url}/_sandbox/faults`)).json();
      await set({mode: 'none'});
      assert.equal(told.struck.length, 3);
      return statuses;
    };
    const first = await run();
    assert.deepEqual(await run(), first);
    assert.deepEqual([...new Set(first)].sort(), [201, 202, 429, 500]);
  });
});
