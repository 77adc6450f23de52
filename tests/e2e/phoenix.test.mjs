// The Engagement API's socket, talked to by the npm phoenix client as it is published, and by bare
// frames where that client would not go.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {after, afterEach, before, describe, test} from 'node:test';
import {Socket} from 'phoenix';
import WebSocket from 'ws';

import {assertError, call, endBody, messageBody, openSession, readSnapshot, requestSession,
  startBody} from './support/engagement.mjs';
import {Mailbox} from './support/mailbox.mjs';
import {answersOf, assertProfile, kAsks, kAsksInOrder, newPerson} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {within} from './support/until.mjs';

/**
 * @typedef {import('./support/engagement.mjs').Session} Session
 * @typedef {import('./support/engagement.mjs').Message} Message
 */

describe('Phoenix socket', () => {
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

  /**
   * A session's channel, joined, with what it hears.
   * @param {Session} session
   * @param {string} endpoint
   */
  async function join(session, endpoint = '/socket') {
    const url = server.ready.base_url.replace('http', 'ws') + endpoint;
    const socket = new Socket(url, {
      transport: /** @type {any} */ (WebSocket),
      params: {token: session.access_token},
    });
    cleanups.push(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel(`chat:${session.chat_id}`, {access_token: session.access_token});
    /** @type {Mailbox<{event: string, payload: any}>} */
    const heard = new Mailbox();
    for (const event of ['chat:ready', 'incoming:msg', 'incoming:notice', 'new:pong',
      'chat:snapshot_response']) {
      channel.on(event, (payload) => heard.put({event, payload}));
    }
    await within('the join', new Promise((joined, refused) => {
      channel.join().receive('ok', joined).receive('error', refused);
    }));
    return {socket, channel, heard};
  }

  /**
   * @param {import('phoenix').Channel} channel
   * @param {string} event
   * @param {object} payload
   * @returns {Promise<any>}
   */
  function push(channel, event, payload) {
    return within(`the reply to ${event}`, new Promise((resolve, reject) => {
      channel.push(event, payload).receive('ok', resolve).receive('error', reject)
        .receive('timeout', () => reject(new Error('timeout')));
    }));
  }

  /**
   * @param {Mailbox<{event: string, payload: any}>} heard
   * @param {RegExp} about
   * @returns {Promise<Message>}
   */
  async function hear(heard, about) {
    const found = await heard.take(String(about),
      ({event, payload}) => event === 'incoming:msg' && about.test(payload.msg));
    return found.payload;
  }

  /**
   * @param {import('phoenix').Channel} channel
   * @param {Session} session
   * @param {string} text
   * @param {string} [id]
   */
  function say(channel, session, text, id = randomUUID()) {
    const message = messageBody(session, text, id);
    return push(channel, 'msg:send', {...message, access_token: session.access_token});
  }

  /** @param {Session} session */
  const start = (session) => call(server.ready, session, 'start', startBody(server.ready, session));

  for (const endpoint of ['/socket', '/socket/websocket']) {
    test(`takes six answers to a profile, client at ${endpoint}`, async () => {
      const person = newPerson();
      const session = await openSession(server.ready);
      const {channel, heard} = await join(session, endpoint);
      assert.equal((await start(session)).status, 202);
      const ready = await heard.take('chat:ready', ({event}) => event === 'chat:ready');
      assert.equal(ready.payload.chat_ID, session.chat_id);

      await say(channel, session, 'hi');
      for (const [at, answer] of answersOf(person).entries()) {
        const question = await hear(heard, kAsksInOrder[at]);
        assert.equal(question.from_side, 'bot');
        const receipt = await say(channel, session, answer, `answer-${at}`);
        assert.equal(receipt.client_msg_id, `answer-${at}`);
        assert.ok(receipt.seq_num > question.seq_num, 'after what it answers');
        assert.match(receipt.id, /\S/);
      }
      await hear(heard, /Thanks Ada/);
      await heard.take('the end', ({event, payload}) =>
        event === 'incoming:notice' && payload.notice === 'ended');
      await assertProfile(server.ready, person);
    });
  }

  test('opens by itself when the consumer says nothing, and greets back a greeting', async () => {
    const session = await openSession(server.ready);
    const {channel, heard} = await join(session);
    assert.equal((await start(session)).status, 202);
    await hear(heard, kAsks.first);
    await say(channel, session, 'Hi!');
    await hear(heard, kAsks.first);
    await say(channel, session, 'Grace');
    await hear(heard, kAsks.last);
  });

  test('offers buttons in app_object', async () => {
    const session = await openSession(server.ready);
    const {channel, heard} = await join(session);
    await push(channel, 'chat:start',
      {...startBody(server.ready, session), access_token: session.access_token});
    await heard.take('chat:ready', ({event}) => event === 'chat:ready');
    for (const text of ['hi', 'Ada', 'Lovelace', 'ada@example.com', '1990-12-10', 'London']) {
      await say(channel, session, text);
    }
    const {app_object} = await hear(heard, kAsks.system);
    assert.equal(app_object?.type, 'buttons');
    assert.equal(app_object?.input, 'enabled');
    assert.deepEqual(app_object?.buttons.map(({label}) => label),
      ['Windows', 'macOS', 'Linux', 'Android', 'iOS']);
  });

  test('answers a repeated client_msg_id again without a second effect', async () => {
    const session = await openSession(server.ready);
    const {channel, heard} = await join(session);
    await start(session);
    await hear(heard, kAsks.first);
    const receipts = await Promise.all(['Ada', 'Ada', 'Ada'].map((text) =>
      say(channel, session, text, 'once')));
    receipts.push(await say(channel, session, 'Ada', 'once'));
    for (const {id, seq_num} of receipts) {
      assert.deepEqual({id, seq_num}, {id: receipts[0].id, seq_num: receipts[0].seq_num});
    }
    const {history} = await readSnapshot(server.ready, session);
    assert.equal(history.filter(({client_msg_id}) => client_msg_id === 'once').length, 1);
    assert.equal(history.filter(({msg}) => kAsks.last.test(msg)).length, 1, 'one turn');
  });

  test('gives a history in order, and is ready at once on a later join', async () => {
    const session = await openSession(server.ready);
    const first = await join(session);
    await start(session);
    await hear(first.heard, kAsks.first);
    await say(first.channel, session, 'Ada', 'name');
    await hear(first.heard, kAsks.last);
    first.socket.disconnect();

    const {channel, heard} = await join(session);
    await heard.take('chat:ready', ({event}) => event === 'chat:ready');
    await push(channel, 'chat:snapshot', {from: session.id, access_token: session.access_token});
    const {payload} = await heard.take('the snapshot',
      ({event}) => event === 'chat:snapshot_response');
    assert.equal(payload.id, session.chat_id);
    assert.equal(payload.status, 'active');
    const numbers = payload.history.map((/** @type {Message} */ {seq_num}) => seq_num);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), 'in order');
    assert.equal(new Set(numbers).size, numbers.length, 'each number once');
    assert.equal(payload.seq_num, numbers.at(-1));
    const own = payload.history.filter((/** @type {Message} */ message) =>
      message.from_side === 'anonymous_consumer');
    assert.deepEqual(own.map((/** @type {Message} */ {msg, client_msg_id}) => [msg, client_msg_id]),
      [['Ada', 'name']]);
    assert.deepEqual(await readSnapshot(server.ready, session), payload, 'the same over REST');
  });

  test('pongs with the same number', async () => {
    const session = await openSession(server.ready);
    const {channel, heard} = await join(session);
    channel.push('new:ping', {seq: 7, user_id: session.id, access_token: session.access_token});
    const {payload} = await heard.take('new:pong', ({event}) => event === 'new:pong');
    assert.deepEqual([payload.seq, payload.user_id], [7, session.id]);
    const pong = await call(server.ready, session, 'ping', {user_id: session.id, seq: 8});
    assert.equal(pong.status, 201);
    assert.deepEqual(await pong.json(), {chat_id: session.chat_id, user_id: session.id, seq: 8});
  });

  test('wants a chat started once, and before anything is said', async () => {
    const session = await openSession(server.ready);
    const early = await call(server.ready, session, 'message', messageBody(session, 'hi'));
    await assertError(early, 428);
    const {channel, heard} = await join(session);
    await assert.rejects(say(channel, session, 'hi'));
    assert.equal((await start(session)).status, 202);
    await assertError(await start(session), 409);
    await heard.take('chat:ready', ({event}) => event === 'chat:ready');
    const message = messageBody(session, 'hi', 'over-rest');
    const sent = await call(server.ready, session, 'message', message);
    assert.equal(sent.status, 204);
    await hear(heard, kAsks.first);
  });

  test('ends when the consumer ends it', async () => {
    const session = await openSession(server.ready);
    const {channel, heard} = await join(session);
    await start(session);
    await hear(heard, kAsks.first);
    assert.equal((await call(server.ready, session, 'end', endBody(session))).status, 204);
    await heard.take('the end', ({event, payload}) =>
      event === 'incoming:notice' && payload.notice === 'ended');
    assert.equal((await readSnapshot(server.ready, session)).status, 'ended');
    await assert.rejects(say(channel, session, 'are you there?'));
    const late = await call(server.ready, session, 'message', messageBody(session, 'hello?'));
    assert.ok(late.status >= 400 && late.status < 500, `${late.status}`);
  });

  test('speaks V1 frames to those who name no version', async () => {
    const session = await openSession(server.ready);
    const url = `${server.ready.base_url.replace('http', 'ws')}/socket/websocket` +
      `?token=${encodeURIComponent(session.access_token)}`;
    const socket = new WebSocket(url);
    cleanups.push(() => socket.terminate());
    /** @type {Mailbox<any>} */
    const heard = new Mailbox();
    socket.on('message', (data) => heard.put(JSON.parse(String(data))));
    await within('the connection', once(socket, 'open'));
    const topic = `chat:${session.chat_id}`;
    let ref = 0;
    const send = async (/** @type {string} */ event, /** @type {object} */ payload, on = topic) => {
      const mine = String(++ref);
      socket.send(JSON.stringify({topic: on, event, payload, ref: mine}));
      const reply = await heard.take(`the reply to ${event}`,
        (frame) => frame.event === 'phx_reply' && frame.ref === mine);
      assert.equal(reply.topic, on);
      assert.equal(reply.payload.status, 'ok');
    };
    await send('heartbeat', {}, 'phoenix');
    await send('phx_join', {access_token: session.access_token});
    await send('chat:start', startBody(server.ready, session));
    await heard.take('chat:ready', (frame) => frame.event === 'chat:ready');
    const question = await heard.take('the first question', (frame) =>
      frame.event === 'incoming:msg' && kAsks.first.test(frame.payload.msg));
    assert.equal(question.topic, topic);
    await send('msg:send', messageBody(session, 'Ada', 'v1'));
  });

  test('closes with 1007 on a frame that is none', async () => {
    const session = await openSession(server.ready);
    const url = `${server.ready.base_url.replace('http', 'ws')}/socket/websocket` +
      `?vsn=2.0.0&token=${encodeURIComponent(session.access_token)}`;
    const socket = new WebSocket(url);
    cleanups.push(() => socket.terminate());
    await within('the connection', once(socket, 'open'));
    socket.send('this is no frame');
    const [code] = await within('the close', once(socket, 'close'));
    assert.equal(code, 1007);
  });

  test('refuses who has no token or a bad one, and another chat', async () => {
    const [mine, other] = [await openSession(server.ready), await openSession(server.ready)];
    const url = `${server.ready.base_url.replace('http', 'ws')}/socket/websocket`;
    const refusal = async (/** @type {string} */ query) => {
      const socket = new WebSocket(url + query);
      socket.on('error', () => {});
      const [, response] = await within('the refusal', once(socket, 'unexpected-response'));
      socket.terminate();
      return response.statusCode;
    };
    assert.equal(await refusal(''), 400);
    assert.equal(await refusal('?token='), 400);
    assert.equal(await refusal('?token=forged'), 403);
    assert.equal(await refusal(`?token=${mine.access_token.slice(0, -1)}&vsn=2.0.0`), 403);

    const stranger = {...other, access_token: mine.access_token};
    await assert.rejects(join(stranger), 'a token opens its own chat only');
    const peek = await call(server.ready, stranger, 'snapshot', {from: mine.id});
    assert.ok([401, 403, 404].includes(peek.status), `${peek.status}`);
    const forged = {...mine, access_token: 'forged'};
    await assertError(await call(server.ready, forged, 'snapshot', {from: mine.id}), 401);
  });

  test('refuses a session without what the contract requires', async () => {
    for (const field of ['app_id', 'browser_language', 'referring_site', 'user_browser']) {
      await assertError(await requestSession(server.ready, {[field]: undefined}), 400);
    }
    await assertError(await requestSession(server.ready, {app_id: 'none'}), 400);
    await assertError(await requestSession(server.ready, {app_id: randomUUID()}), 404);
  });
});
