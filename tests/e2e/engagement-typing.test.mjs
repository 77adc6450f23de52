// That the consumer writes is told to those who look on: the other sockets of the chat, and
// operators who listen to it. It is kept nowhere.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {ChatPage, launch} from './support/browser.mjs';
import {begin, joinChat, push, say, writeEcho} from './support/echo.mjs';
import {assertError, call, readSnapshot} from './support/engagement.mjs';
import {listen} from './support/live.mjs';
import {Api, keyWith} from './support/operators.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

describe('Typing of the consumer', () => {
  const data = temporaryFolder();
  /** @type {Server} */ let server;
  /** @type {(() => void)[]} */ const cleanups = [];

  before(async () => {
    server = await Server.start({data, solutions: [writeEcho()]});
  });
  after(async () => {
    for (const cleanup of cleanups) cleanup();
    await server?.stop();
  });

  /** @param {import('./support/engagement.mjs').Session} session @param {any} [is_typing] */
  const typing = (session, is_typing = true) => ({
    chat_id: session.chat_id,
    from: session.id,
    from_side: 'consumer',
    is_typing,
  });

  /** @param {import('./support/engagement.mjs').Session} session */
  async function join(session) {
    const joined = await joinChat(server.ready, session);
    cleanups.push(() => joined.socket.disconnect());
    return {
      ...joined,
      /** @param {boolean} isTyping */
      hears: (isTyping) =>
        joined.heard.take(
          'the notice',
          ({event, payload}) =>
            event === 'incoming:notice' &&
            payload.from_side === 'consumer' &&
            payload.is_typing === isTyping,
        ),
    };
  }

  /** Hears what is told of a chat. @param {string} chat */
  async function look(chat) {
    const api = await Api.of(/** @type {any} */ (server.ready).api_url);
    const {headers} = await keyWith(api, data, 'viewer@Echo');
    const {heard, end, subscribe} = await listen(api, headers);
    cleanups.push(end);
    const {subscribed} = await subscribe(`chat:${chat}`);
    return {
      heard,
      subscribed,
      /** @param {boolean} isTyping @param {number} [from] */
      hears: (isTyping, from = 0) =>
        until(`typing: ${isTyping}`, () =>
          heard
            .slice(from)
            .find(({type, data: told}) => type === 'typing' && told.is_typing === isTyping),
        ),
    };
  }

  test('over REST is told to every socket of the chat, and to nobody else', async () => {
    const session = await begin(server.ready);
    const other = await begin(server.ready);
    const [first, second, elsewhere] = [
      await join(session),
      await join(session),
      await join(other),
    ];
    const answer = await call(server.ready, session, 'type', typing(session));
    assert.equal(answer.status, 204);
    for (const one of [first, second]) {
      const {payload} = await one.hears(true);
      assert.deepEqual(payload, {
        chat_id: session.chat_id,
        notice: 'typing',
        is_typing: true,
        from: session.id,
        from_side: 'consumer',
      });
    }
    await call(server.ready, session, 'type', typing(session, false));
    await first.hears(false);
    // What comes after it has come: nothing was told there.
    await call(server.ready, other, 'type', typing(other, false));
    const {payload} = await elsewhere.heard.take('a notice', ({event}) => /notice/.test(event));
    assert.equal(payload.from, other.id);
    assert.equal(payload.is_typing, false);
  });

  test('over a socket is told to the others', async () => {
    const session = await begin(server.ready);
    const [mine, theirs] = [await join(session), await join(session)];
    await push(mine.channel, 'chat:type', typing(session));
    await theirs.hears(true);
    await push(theirs.channel, 'chat:type', typing(session, false));
    const {payload} = await mine.heard.take('a notice', ({event}) => /notice/.test(event));
    assert.equal(payload.is_typing, false, 'what one has said oneself is not told');
  });

  test('is refused in the name of another, and where it is neither true nor false', async () => {
    const session = await begin(server.ready);
    const {channel} = await join(session);
    const wrong = [typing(session, 'yes'), {...typing(session), from: session.chat_id}];
    for (const body of wrong) {
      await assertError(await call(server.ready, session, 'type', body), 400);
      await assert.rejects(push(channel, 'chat:type', body), {status: 400});
    }
  });

  test('is heard by operators who listen to the chat, and stored nowhere', async () => {
    const session = await begin(server.ready);
    const [live, elsewhere] = [
      await look(session.chat_id),
      await look((await begin(server.ready)).chat_id),
    ];
    const before = await readSnapshot(server.ready, session);
    await call(server.ready, session, 'type', typing(session));
    const told = await live.hears(true);
    assert.equal(told.topic, `chat:${session.chat_id}`);
    assert.ok(told.seq >= live.subscribed);
    assert.deepEqual(told.data, {chat: session.chat_id, is_typing: true});
    const {seq_num: number, history} = await readSnapshot(server.ready, session);
    assert.deepEqual([number, history], [before.seq_num, before.history]);
    await call(server.ready, session, 'type', typing(session, false));
    await live.hears(false);
    await say(server.ready, session, 'words');
    const turn = await until('the turn', () => live.heard.find(({type}) => type === 'turn'));
    assert.ok(turn.seq > told.seq);
    assert.ok(!elsewhere.heard.some(({type}) => type === 'typing'));
  });

  test('is told by the chat page while a person writes, and not shown to themselves', async () => {
    const browser = await launch();
    cleanups.push(() => void browser.close());
    const chat = await ChatPage.open(browser, server.ready.chat_url);
    await chat.hear(/Hello/);
    const session = await chat.session();
    const live = await look(session.chat_id);
    const second = new ChatPage(await chat.page.context().newPage());
    await second.page.goto(server.ready.chat_url);
    await second.hear(/Hello/);
    await chat.input.pressSequentially('wor');
    await live.hears(true);
    await chat.input.press('Enter');
    await live.hears(false);
    await second.hear(/You said wor/);
    await chat.input.pressSequentially('taken back');
    const from = live.heard.length;
    await live.hears(true, from - 1);
    await chat.input.fill('');
    await live.hears(false, from);
    assert.equal(await second.page.locator('.typing:visible').count(), 0);
    await chat.close();
  });
});
