// What a client can say besides a text (an embed, a file), and how a site proves who its visitor
// is.

import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {
  assertError,
  call,
  messageBody,
  readSnapshot,
  requestSession,
} from './support/engagement.mjs';
import {begin, joinChat, push, say, writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

const kKey = 'a key that pages never see';
const proofOf = (/** @type {string} */ id) => createHmac('sha256', kKey).update(id).digest('hex');

describe('what clients say', () => {
  /** @type {Server} */ let server;
  before(async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'grants.yaml'), 'Echo: {secrets: [IDENTITY]}\n', {mode: 0o600});
    server = await Server.start({
      data: temporaryFolder(),
      solutions: [writeEcho("identify: {key: '${secret:IDENTITY}'}")],
      more: ['--grants', join(folder, 'grants.yaml')],
      env: {IDENTITY: kKey},
    });
  });
  after(() => server?.stop());

  /** @param {import('./support/engagement.mjs').Session} session @param {object} changes */
  const send = (session, changes) =>
    call(server.ready, session, 'message', {...messageBody(session, ''), msg: null, ...changes});

  test('an embed is what its app_object says', async () => {
    const session = await begin(server.ready);
    const embeds = [
      [{app_object: 'just words'}, 'just words'],
      [{app_object: '{"type":"button","label":"Red","value":"red"}'}, 'red'],
      [{app_object: {label: 'Blue'}}, 'Blue'],
      [{app_object: {text: 'Green'}, secure_app_object: false}, 'Green'],
      [{app_object: '17'}, '17'],
    ];
    for (const [body, said] of embeds) {
      const sent = await send(session, {msg_type: 'embed', .../** @type {object} */ (body)});
      assert.equal(sent.status, 204, JSON.stringify(body));
      const {history} = await readSnapshot(server.ready, session);
      assert.equal(history.at(-2)?.msg, `You said ${said}.`);
    }
  });

  test('an embed that says nothing, or hides what the question does not, is refused', async () => {
    const session = await begin(server.ready);
    for (const body of [
      {},
      {app_object: null},
      {app_object: {}},
      {app_object: []},
      {app_object: ''},
      {app_object: 'x', secure_app_object: true},
      {app_object: 'x'.repeat(5000)},
    ]) {
      await assertError(await send(session, {msg_type: 'embed', ...body}), 400);
    }
    await assertError(await send(session, {msg_type: 'video', msg: 'x'}), 400);
    await assertError(
      await send(session, {file: 'https://x.example/a', file_status: 'uploading'}),
      400,
    );
    await assertError(await send(session, {file: 'javascript:alert(1)'}), 400);
  });

  test('a file of somewhere else is its address', async () => {
    const session = await begin(server.ready);
    assert.equal((await send(session, {file: 'https://x.example/a.pdf'})).status, 204);
    const {history} = await readSnapshot(server.ready, session);
    assert.equal(history.at(-3)?.msg, 'https://x.example/a.pdf');
  });

  test('a visitor is proved with the session, and the proof goes no further', async () => {
    const session = await begin(server.ready, {user_id: 'u-4711', user_proof: proofOf('u-4711')});
    const snapshot = /** @type {any} */ (await readSnapshot(server.ready, session));
    assert.equal(snapshot.gateway_metadata.user_id, 'u-4711');
    assert.equal(snapshot.gateway_metadata.user_verified, 'true');
    assert.ok(!JSON.stringify(snapshot).includes(proofOf('u-4711')));
  });

  test('a visitor without a proof is not verified, one with a wrong proof is refused', async () => {
    const session = await begin(server.ready, {user_id: 'u-1', user_verified: 'true'});
    const snapshot = /** @type {any} */ (await readSnapshot(server.ready, session));
    assert.equal(snapshot.gateway_metadata.user_verified, 'false');
    for (const wrong of [proofOf('u-2'), proofOf('u-1').slice(1), 'x', '0'.repeat(64)]) {
      const refused = await requestSession(server.ready, {user_id: 'u-1', user_proof: wrong});
      await assertError(refused, 403);
    }
    await assertError(await requestSession(server.ready, {user_id: 'u'.repeat(300)}), 400);
  });

  test('a visitor is proved later by the event identify, over REST and the socket', async () => {
    const session = await begin(server.ready);
    const told = (/** @type {object} */ detail) =>
      call(server.ready, session, 'event', {name: 'identify', detail});
    assert.equal((await told({id: 'u-3', proof: proofOf('u-3'), verified: false})).status, 204);
    await assertError(await told({id: 'u-3', proof: proofOf('u-4')}), 403);
    const {channel, socket} = await joinChat(server.ready, session);
    await push(channel, 'chat:event', {
      name: 'identify',
      detail: {id: 'u-5', proof: proofOf('u-5')},
    });
    await assert.rejects(
      push(channel, 'chat:event', {name: 'identify', detail: {id: 'u-5', proof: 'no'}}),
      (/** @type {any} */ error) => error.status === 403,
    );
    assert.equal((await say(server.ready, session, 'on')).status, 204);
    socket.disconnect();
  });
});
