// The same socket by other ways: long polls with the npm phoenix client, other serializers,
// and binary frames.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {after, afterEach, before, describe, test} from 'node:test';
import {LongPoll, Socket} from 'phoenix';
import WebSocket from 'ws';

import {messageBody, openSession, startBody} from './support/engagement.mjs';
import {Mailbox} from './support/mailbox.mjs';
import {kAsks} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {within} from './support/until.mjs';

/** @typedef {import('./support/engagement.mjs').Session} Session */

describe('transports of the Phoenix socket', () => {
  /** @type {Server} */
  let server;
  /** @type {(() => void)[]} */
  let cleanups = [];
  before(async () => {
    server = await Server.start({data: temporaryFolder()});
  });
  afterEach(() => {
    for (const cleanup of cleanups) cleanup();
    cleanups = [];
  });
  after(() => server?.stop());

  /** @param {string} query @param {RequestInit} [how] */
  async function poll(query, how = {}) {
    const response = await fetch(`${server.ready.base_url}/socket/longpoll?${query}`, how);
    assert.equal(response.status, 200);
    return response.json();
  }

  /** @param {Session} session @param {string} [vsn] */
  function open(session, vsn = '2.0.0') {
    return poll(`token=${encodeURIComponent(session.access_token)}&vsn=${vsn}`);
  }

  /** A web socket of its own. @param {Session} session @param {string} query */
  async function bare(session, query) {
    const socket = new WebSocket(`${server.ready.base_url.replace('http', 'ws')}/socket/websocket` +
      `?token=${encodeURIComponent(session.access_token)}${query}`);
    cleanups.push(() => socket.terminate());
    await within('the connection', once(socket, 'open'));
    return socket;
  }

  test('a conversation goes over long polls as over a socket', async () => {
    const session = await openSession(server.ready);
    const socket = new Socket(server.ready.base_url.replace('http', 'ws') + '/socket', {
      transport: /** @type {any} */ (LongPoll), params: {token: session.access_token},
    });
    cleanups.push(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel(`chat:${session.chat_id}`, {access_token: session.access_token});
    /** @type {Mailbox<{event: string, payload: any}>} */
    const heard = new Mailbox();
    for (const event of ['chat:ready', 'incoming:msg', 'new:pong']) {
      channel.on(event, (payload) => heard.put({event, payload}));
    }
    const done = (/** @type {import('phoenix').Push} */ push) => new Promise((ok, failed) => {
      push.receive('ok', ok).receive('error', failed);
    });
    await within('the join', done(channel.join()));
    await within('the start', done(channel.push('chat:start', startBody(server.ready, session))));
    await heard.take('chat:ready', ({event}) => event === 'chat:ready');
    await heard.take('the first question', ({event, payload}) =>
      event === 'incoming:msg' && kAsks.first.test(payload.msg));
    const receipt = await within('the receipt',
      done(channel.push('msg:send', messageBody(session, 'Ada', 'one'))));
    assert.equal(receipt.chat_id, session.chat_id);
    await heard.take('the second question', ({event, payload}) =>
      event === 'incoming:msg' && kAsks.last.test(payload.msg));
    // A batch: several frames in one request, each answered.
    const pongs = [1, 2, 3].map((seq) => done(channel.push('new:ping', {seq})));
    await within('the pongs', Promise.all(pongs));
    for (const seq of [1, 2, 3]) {
      await heard.take(`pong ${seq}`, ({event, payload}) =>
        event === 'new:pong' && payload.seq === seq);
    }
  });

  test('a session is named by its own token, and gone when it is not known', async () => {
    const session = await openSession(server.ready);
    const opened = await open(session);
    assert.equal(opened.status, 410);
    assert.match(opened.token, /^lp\.[0-9a-f]{48}$/);
    assert.deepEqual(opened.messages, []);
    const sent = await poll(`vsn=2.0.0&token=${opened.token}`, {method: 'POST',
      headers: {'Content-Type': 'application/x-ndjson'},
      body: '[null,"1","phoenix","heartbeat",{}]\n[null,"2","phoenix","heartbeat",{}]'});
    assert.equal(sent.status, 200);
    const heard = await poll(`token=${session.access_token}&vsn=2.0.0&token=${opened.token}`);
    assert.equal(heard.status, 200);
    assert.deepEqual(heard.messages.map((/** @type {string} */ text) => JSON.parse(text)[1]),
      ['1', '2']);
    for (const how of [{}, {method: 'POST', body: '[]'}]) {
      assert.equal((await poll(`token=lp.${'0'.repeat(48)}`, how)).status, 410);
    }
    assert.equal((await poll('vsn=2.0.0')).status, 403);
    assert.equal((await poll('token=forged')).status, 403);
    assert.equal((await open(session, '3.0.0')).status, 403);
  });

  test('a frame that is none ends a long-poll session', async () => {
    const session = await openSession(server.ready);
    const {token} = await open(session);
    await poll(`token=${token}`, {method: 'POST', body: 'this is no frame'});
    assert.equal((await poll(`token=${token}`)).status, 410);
  });

  test('other versions are refused at the handshake', async () => {
    const session = await openSession(server.ready);
    for (const version of ['3.0.0', '0.9', 'two']) {
      const socket = new WebSocket(
        `${server.ready.base_url.replace('http', 'ws')}/socket/websocket` +
        `?vsn=${version}&token=${encodeURIComponent(session.access_token)}`);
      socket.on('error', () => {});
      const [, response] = await within('the refusal', once(socket, 'unexpected-response'));
      socket.terminate();
      assert.equal(response.statusCode, 400, version);
    }
    for (const version of ['', '&vsn=1.0.0', '&vsn=2.0.0']) await bare(session, version);
  });

  test('a binary push is refused by its own reply, and costs nothing else', async () => {
    const session = await openSession(server.ready);
    const topic = `chat:${session.chat_id}`;
    const socket = await bare(session, '&vsn=2.0.0');
    /** @type {Mailbox<any>} */
    const heard = new Mailbox();
    socket.on('message', (data) => heard.put(JSON.parse(String(data))));
    const parts = ['1', '7', topic, 'msg:send'];
    const push = Buffer.concat([
      Buffer.from([0, ...parts.map((part) => part.length)]),
      Buffer.from(parts.join('')), Buffer.from([1, 2, 3, 255])]);
    socket.send(push);
    const refused = await heard.take('the refusal', (frame) => frame[1] === '7');
    assert.deepEqual(refused, ['1', '7', topic, 'phx_reply',
      {status: 'error', response: {reason: 'binary payloads are not taken'}}]);
    socket.send(JSON.stringify([null, '8', 'phoenix', 'heartbeat', {}]));
    await heard.take('the heartbeat', (frame) => frame[1] === '8');
    socket.send(Buffer.from([0, 255, 1, 1, 1]));
    const [code] = await within('the close', once(socket, 'close'));
    assert.equal(code, 1007);
  });
});
