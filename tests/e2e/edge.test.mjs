// Goal: who may ask, and how much, over the wire: keys, origins, tokens that end, shares.

import assert from 'node:assert/strict';
import {createHmac, randomUUID} from 'node:crypto';
import {appendFileSync, cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import WebSocket from 'ws';

import {ChatPage, launch} from './support/browser.mjs';
import {call, messageBody, openSession, requestSession, startBody} from './support/engagement.mjs';
import {kAsks, kAsksInOrder} from './support/people.mjs';
import {post, RestTalker, textOf} from './support/rest.mjs';
import {kSolution, Server, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

const kKey = 'a key for the test';
const kEvil = 'http://evil.example';

/** A copy of the example with more settings. @param {string} more */
function solutionWith(more) {
  const folder = join(temporaryFolder(), 'solution');
  cpSync(kSolution, folder, {recursive: true});
  appendFileSync(join(folder, 'solution.yaml'), `\n${more}\n`);
  return folder;
}

/**
 * A server of one test's own.
 * @param {import('node:test').TestContext} t
 * @param {Parameters<typeof Server.start>[0]} options
 */
async function started(t, options) {
  const server = await Server.start(options);
  t.after(() => server.stop());
  return server;
}

/**
 * @param {Server} server
 * @param {Record<string, string>} headers
 * @param {string} [body]
 */
function ask(server, headers, body = JSON.stringify({sender: randomUUID(), message: 'hi'})) {
  return fetch(`${server.ready.base_url}/webhooks/rest/webhook`, {
    method: 'POST', headers: {'Content-Type': 'application/json', ...headers}, body,
  });
}

/**
 * Tries to open the socket; gives 101, or the status of the refusal.
 * @param {Server} server
 * @param {string} token
 * @param {string} [origin]
 * @returns {Promise<number>}
 */
function openSocket(server, token, origin) {
  const url = `${server.ready.base_url.replace('http', 'ws')}/socket/websocket?vsn=2.0.0&token=${token}`;
  const socket = new WebSocket(url, {origin});
  return within('the handshake', new Promise((done) => {
    socket.on('open', () => {
      socket.close();
      done(101);
    });
    socket.on('unexpected-response', (_, response) => done(response.statusCode ?? 0));
    socket.on('error', () => {});
  }));
}

describe('Edge, on loopback', () => {
  /** @type {Server} */
  let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder(),
      solutions: [solutionWith('origins: ["https://brand.example"]')]});
  });
  after(() => server?.stop());

  test('answers programs of this machine without a key, and says so', async () => {
    assert.equal(/** @type {any} */ (server.ready).rest, 'open');
    assert.equal((await ask(server, {})).status, 200);
  });

  test('takes changes from its own and from listed pages only, and as JSON only', async () => {
    const own = server.ready.base_url;
    for (const [origin, status] of [[own, 200], ['http://localhost:3000', 200], ['https://brand.example', 200],
      ['http://brand.example', 403], [kEvil, 403], ['null', 403]]) {
      assert.equal((await ask(server, {Origin: String(origin)})).status, status, `REST from ${origin}`);
    }
    assert.equal((await ask(server, {'Content-Type': 'text/plain'})).status, 415);
    const session = await openSession(server.ready);
    for (const [origin, status] of [[own, 101], ['https://brand.example', 101], [kEvil, 403], ['null', 403]]) {
      assert.equal(await openSocket(server, session.access_token, String(origin)), status, `socket from ${origin}`);
    }
    assert.equal(await openSocket(server, session.access_token), 101, 'a program names no origin');
    const headers = {'Content-Type': 'application/json', Origin: kEvil, Authorization: `Bearer ${session.access_token}`};
    for (const path of ['consumers/anonymous_session', 'consumers/renew_session', `chats/${session.chat_id}/start`]) {
      const body = path.endsWith('anonymous_session') ? JSON.stringify({app_id: server.ready.app_id,
        browser_language: 'en', referring_site: 'x', user_browser: 'y'}) : JSON.stringify(startBody(server.ready, session));
      const response = await fetch(`${own}/messaging/v1/${path}`, {method: 'POST', headers, body});
      assert.equal(response.status, 403, path);
      const typed = await fetch(`${own}/messaging/v1/${path}`, {method: 'POST', body,
        headers: {...headers, Origin: own, 'Content-Type': 'text/plain'}});
      assert.equal(typed.status, 415, path);
    }
    const completion = await fetch(`${own}/actions/v1/completions/x`, {method: 'POST', headers, body: '{}'});
    assert.equal(completion.status, 403);
    assert.match(await completion.text(), /origin/);
    const faults = await fetch(`${server.ready.braze_sandbox_url}/_sandbox/faults`, {method: 'PUT', headers, body: '{}'});
    assert.equal(faults.status, 403);
  });

  test('never answers what was said when an id comes with another text', async () => {
    const sender = randomUUID();
    const say = (/** @type {string} */ message, /** @type {string} */ message_id) =>
      post(server.ready.base_url, {sender, message, message_id});
    await say('hi', '1');
    const said = await (await say('Ada', '2')).json();
    const guessed = await say('?', '2');
    assert.equal(guessed.status, 409);
    assert.ok(!(await guessed.text()).includes('Ada'));
    const again = await say('Ada', '2');
    assert.deepEqual([again.status, await again.json()], [200, said]);

    const session = await openSession(server.ready);
    await call(server.ready, session, 'start', startBody(server.ready, session));
    assert.equal((await call(server.ready, session, 'message', messageBody(session, 'Ada', 'a'))).status, 204);
    assert.equal((await call(server.ready, session, 'message', messageBody(session, 'Ada', 'a'))).status, 204);
    assert.equal((await call(server.ready, session, 'message', messageBody(session, 'Bob', 'a'))).status, 409);
  });

  test('keeps nothing for joins that are over', async () => {
    const {pid} = server.child;
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const session = await openSession(server.ready);
    const url = `${server.ready.base_url.replace('http', 'ws')}/socket/websocket?vsn=2.0.0&token=${session.access_token}`;
    const socket = new WebSocket(url);
    await within('the socket', new Promise((open) => socket.on('open', open)));
    let answered = 0;
    socket.on('message', (text) => (answered += String(text).includes('phx_reply') ? 1 : 0));
    const joins = async (/** @type {number} */ count) => {
      const wanted = answered + count;
      for (let i = 0; i < count; ++i) {
        socket.send(JSON.stringify([String(i), String(i), `chat:${session.chat_id}`, 'phx_join', {}]));
        if (i % 500 === 499) await until('the answers', () => answered >= wanted - count + i + 1 - 500);
      }
      await until('the answers', () => answered >= wanted);
    };
    await joins(1_000);
    const before = memory();
    await joins(15_000);
    assert.ok(memory() - before < 2_500, `${memory() - before} KB for 15,000 joins`);
    socket.close();
  });
});

describe('Edge, where others can ask', () => {
  test('serves no REST channel without a key, and says so', async (t) => {
    const server = await started(t, {data: temporaryFolder(), more: ['--public-url', 'https://chat.example.com']});
    assert.equal(/** @type {any} */ (server.ready).rest, 'off');
    const refused = await ask(server, {});
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /rest\.key/);
  });

  test('wants the key or a signature', async (t) => {
    const secrets = join(temporaryFolder(), 'secrets');
    writeFileSync(secrets, `REST_KEY=${kKey}\n`, {mode: 0o600});
    const server = await started(t, {data: temporaryFolder(),
      more: ['--public-url', 'https://chat.example.com', '--secrets-file', secrets],
      solutions: [solutionWith("rest: {key: '${secret:REST_KEY}'}")]});
    assert.equal(/** @type {any} */ (server.ready).rest, 'key');
    const body = JSON.stringify({sender: 'ada', message: 'hi'});
    const sign = (/** @type {string} */ key, /** @type {string} */ text) =>
      `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
    /** @type {[string, Record<string, string>, number][]} */
    const cases = [
      ['nothing', {}, 401],
      ['a wrong key', {Authorization: 'Bearer x'}, 401],
      ['a part of the key', {Authorization: `Bearer ${kKey.slice(0, -1)}`}, 401],
      ['another scheme', {Authorization: `Basic ${kKey}`}, 401],
      ['the key', {Authorization: `Bearer ${kKey}`}, 200],
      ['a signature', {'X-Millrace-Signature': sign(kKey, body)}, 200],
      ['a signature with another key', {'X-Millrace-Signature': sign('x', body)}, 401],
      ['a signature of another body', {'X-Millrace-Signature': sign(kKey, `${body} `)}, 401],
      ['half a signature', {'X-Millrace-Signature': sign(kKey, body).slice(0, 40)}, 401],
      ['no signature', {'X-Millrace-Signature': 'sha256='}, 401],
      ['the page of the public address', {Authorization: `Bearer ${kKey}`, Origin: 'https://chat.example.com'}, 200],
      ['another page', {Authorization: `Bearer ${kKey}`, Origin: kEvil}, 403],
      ['a page of loopback', {Authorization: `Bearer ${kKey}`, Origin: 'http://localhost:3000'}, 403],
    ];
    for (const [what, headers, status] of cases) assert.equal((await ask(server, headers, body)).status, status, what);
    assert.ok(!server.stderr().includes(kKey));
  });
});

describe('Edge, tokens', () => {
  test('end in time, and are renewed before', async (t) => {
    const server = await started(t, {data: temporaryFolder(), more: ['--token-life', '3s']});
    const session = await openSession(server.ready);
    const renew = (/** @type {string} */ token) => fetch(`${server.ready.base_url}/messaging/v1/consumers/renew_session`,
      {method: 'POST', headers: {Authorization: `Bearer ${token}`}});
    assert.equal((await renew('x')).status, 401);
    const isOver = async () => (await call(server.ready, session, 'ping', {})).status === 401;
    assert.equal(await isOver(), false);
    let renewed = await (await renew(session.access_token)).json();
    await until('the end of the first token', async () => {
      const response = await renew(renewed.access_token);
      assert.equal(response.status, 201);
      renewed = await response.json();
      return isOver();
    });
    assert.equal(await openSocket(server, session.access_token), 403);
    assert.equal((await renew(session.access_token)).status, 401);
    assert.equal(await openSocket(server, renewed.access_token), 101);
    const later = {...session, access_token: renewed.access_token};
    assert.equal((await call(server.ready, later, 'start', startBody(server.ready, later))).status, 202);
  });

  test('are renewed by the chat page, whose chat goes on', async (t) => {
    const server = await started(t, {data: temporaryFolder(), more: ['--token-life', '4s']});
    const browser = await launch();
    const chat = await ChatPage.open(browser, server.ready.chat_url);
    try {
      await chat.hear(kAsks.first);
      const session = () => chat.session();
      const first = await session();
      await until('the end of the first token', async () =>
        (await call(server.ready, first, 'ping', {})).status === 401);
      await chat.type('Ada');
      await chat.hear(kAsksInOrder[1]);
      await chat.page.reload();
      await chat.hear(kAsksInOrder[1]);
      const last = await session();
      assert.equal(last.chat_id, first.chat_id);
      assert.notEqual(last.access_token, first.access_token);
    } finally {
      await chat.close();
      await browser.close();
    }
  });
});

describe('Edge, shares', () => {
  test('refuse with 429 and Retry-After, each address for itself', async (t) => {
    const server = await started(t, {data: temporaryFolder(), more: ['--trusted-proxy', '127.0.0.0/8',
      '--limit', 'address-sessions=1/s:5', '--limit', 'address-messages=1/s:5', '--limit', 'consumer-bytes=10/s:2000']});
    const open = (/** @type {string} */ address) => fetch(`${server.ready.base_url}/messaging/v1/consumers/anonymous_session`, {
      method: 'POST', headers: {'Content-Type': 'application/json', 'X-Forwarded-For': address},
      body: JSON.stringify({app_id: server.ready.app_id, browser_language: 'en', referring_site: 'x', user_browser: 'y'}),
    });
    const statuses = [];
    for (let i = 0; i < 9; ++i) {
      const response = await open('192.0.2.1');
      statuses.push(response.status);
      if (response.status === 429) assert.ok(Number(response.headers.get('Retry-After')) >= 1);
    }
    assert.deepEqual(statuses.slice(0, 5), [201, 201, 201, 201, 201]);
    assert.ok(statuses.slice(5).includes(429), String(statuses));
    assert.equal((await open('192.0.2.2')).status, 201);
    assert.equal((await open('2001:db8::1')).status, 201);
    for (let i = 2; i < 9; ++i) await open(`2001:db8::${i}`);
    assert.equal((await open('2001:db8::ffff')).status, 429, 'a /64 is one household');
    assert.equal((await open('2001:db8:0:1::1')).status, 201);
    assert.match(server.stderr(), /the share address-sessions of one who asks is full/);
    assert.ok(!server.stderr().includes('192.0.2'), 'no address in the log');
    assert.equal(server.stderr().split('address-sessions').length, 2, 'one line, not one each');
  });

  test('let three thousand sessions of one address at once not pass by default', async (t) => {
    const server = await started(t, {data: temporaryFolder()});
    /** @type {Record<number, number>} */
    const counts = {};
    await Promise.all(Array.from({length: 30}, async () => {
      for (let i = 0; i < 100; ++i) {
        const {status} = await requestSession(server.ready);
        counts[status] = (counts[status] ?? 0) + 1;
      }
    }));
    assert.ok(counts[201] >= 1_000 && counts[429] > 0, JSON.stringify(counts));
    assert.match(textOf(await new RestTalker(server.ready.base_url, 'other').say('hi')), kAsks.first);
  });
});
