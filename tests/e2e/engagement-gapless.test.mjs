// A client that joins again with the number of the last message it has gets what it missed, each
// message once, in order, before anything that happens then, and nothing else.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {readSnapshot} from './support/engagement.mjs';
import {begin, joinChat, say, writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

describe('a join with the last seq_num', () => {
  /** @type {Server} */ let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder(), solutions: [writeEcho()]});
  });
  after(() => server?.stop());

  /** @param {import('./support/mailbox.mjs').Mailbox<import('./support/echo.mjs').Heard>} heard
   *  @param {number} count */
  async function take(heard, count) {
    const all = [];
    for (let i = 0; i < count; ++i) {
      all.push((await heard.take('a message', ({event}) => event === 'incoming:msg')).payload);
    }
    return all;
  }

  test('replays what was missed of both sides, and then what is new', async () => {
    const session = await begin(server.ready);
    const first = await joinChat(server.ready, session);
    await say(server.ready, session, 'one', 'id-1');
    await first.heard.take('the answer', ({payload}) => payload.msg === 'You said one.');
    const seen = (await readSnapshot(server.ready, session)).seq_num;
    first.socket.disconnect();
    await say(server.ready, session, 'two', 'id-2');
    await say(server.ready, session, 'three', 'id-3');
    const whole = await readSnapshot(server.ready, session);
    const missed = whole.history.filter(({seq_num: number}) => number > seen);

    const again = await joinChat(server.ready, session, {seq_num: seen});
    assert.deepEqual(again.reply, {
      seq_num: whole.seq_num,
      replayed: missed.length,
      has_more: false,
    });
    assert.deepEqual(await take(again.heard, missed.length), missed);
    assert.deepEqual(missed.map((message) => message.client_msg_id).filter(Boolean), [
      'id-2',
      'id-3',
    ]);
    await say(server.ready, session, 'four');
    const next = await take(again.heard, 1);
    assert.equal(next[0].msg, 'You said four.');
    again.socket.disconnect();
  });

  test('is told that the chat is ready before what was missed', async () => {
    const session = await begin(server.ready);
    await say(server.ready, session, 'one');
    const {heard, socket} = await joinChat(server.ready, session, {seq_num: 0});
    const all = [];
    for (let i = 0; i < 4; ++i) all.push(await heard.take('all', () => true));
    assert.equal(all[0].event, 'chat:ready');
    assert.deepEqual(
      all.slice(1).map(({payload}) => payload.seq_num),
      [1, 2, 3],
    );
    socket.disconnect();
  });

  test('replays nothing to who has all, or does not say', async () => {
    const session = await begin(server.ready);
    await say(server.ready, session, 'one');
    const {seq_num: last} = await readSnapshot(server.ready, session);
    for (const more of [{seq_num: last}, {seq_num: last + 5}, {}]) {
      const {heard, socket, reply} = await joinChat(server.ready, session, more);
      assert.equal(reply.replayed ?? 0, 0);
      await say(server.ready, session, 'on');
      const next = await heard.take('a message', ({event}) => event === 'incoming:msg');
      assert.equal(next.payload.msg, 'You said on.', JSON.stringify(more));
      socket.disconnect();
    }
  });

  test('says when more was missed than a page holds, and sends no part of it', async () => {
    const session = await begin(server.ready);
    for (let i = 0; i < 110; ++i)
      assert.equal((await say(server.ready, session, 'x'.repeat(900))).status, 204);
    const {heard, socket, reply} = await joinChat(server.ready, session, {seq_num: 1});
    assert.equal(reply.has_more, true);
    assert.equal(reply.replayed, 0);
    await say(server.ready, session, 'on');
    const next = await heard.take('a message', ({event}) => event === 'incoming:msg');
    assert.equal(next.payload.msg, 'You said on.');
    socket.disconnect();
  });

  test('is refused when it is no number', async () => {
    const session = await begin(server.ready);
    for (const wrong of [-1, 'seven', 1.5, {}]) {
      const refused = joinChat(server.ready, session, {seq_num: wrong});
      await assert.rejects(refused, (/** @type {any} */ error) => error.source === 'seq_num');
    }
  });
});
