// Webhook mode: a session that gives X-Pypestream-Webhook-URL has the events of its chat POSTed
// there, {"type", "payload"}, signed as Standard Webhooks, in order, again after failures, and
// after the server was killed; and only where solution.yaml allows it.

import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {
  assertError,
  call,
  endBody,
  readSnapshot,
  sessionBody,
  startBody,
} from './support/engagement.mjs';
import {say, writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';
import {Receiver} from './support/webhook.mjs';

const kSecret = `whsec_${Buffer.from('a key of just thirty-two bytes..').toString('base64')}`;
const kPatienceMs = 60_000;

describe('webhook mode', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  /** @type {Receiver} */ let receiver;
  /** @type {Server} */ let server;
  /** @type {string} */ let solution;

  /** @param {{server: string, sandbox: string}} [ports] */
  async function start(ports) {
    server = await Server.start({
      data,
      ports,
      solutions: [solution],
      env: {BRIDGE: kSecret},
      logLevel: 'info',
      more: ['--allow-internal', receiver.host, '--grants', join(folder, 'grants.yaml')],
    });
  }
  before(async () => {
    receiver = await Receiver.open(kSecret, (payload) => payload.msg ?? payload.notice ?? 'ready');
    writeFileSync(
      join(folder, 'grants.yaml'),
      `Echo: {secrets: [BRIDGE], hosts: ['${receiver.host}']}\n`,
      {mode: 0o600},
    );
    solution = writeEcho(
      [
        'engagement: {webhooks: webhook:bridge}',
        'webhooks:',
        '  bridge:',
        `    url: http://${receiver.host}/chats/`,
        "    secret: '${secret:BRIDGE}'",
      ].join('\n'),
    );
    await start();
  });
  after(async () => {
    await server?.stop();
    receiver?.server?.close();
  });

  /** @param {string} url @param {import('./support/server.mjs').Ready} [ready] */
  const ask = (url, ready = server.ready) =>
    fetch(`${ready.base_url}/messaging/v1/consumers/anonymous_session`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'X-Pypestream-Webhook-URL': url},
      body: JSON.stringify(sessionBody(ready.app_id)),
    });

  /** A chat with events at that path, begun. @param {string} path */
  async function begin(path) {
    const answer = await ask(`http://${receiver.host}/chats/${path}`);
    assert.equal(answer.status, 201);
    const session = /** @type {import('./support/engagement.mjs').Session} */ (await answer.json());
    assert.equal(
      (await call(server.ready, session, 'start', startBody(server.ready, session))).status,
      202,
    );
    return session;
  }

  /** @param {string} path @param {number} count */
  const told = (path, count) =>
    until(
      `${count} events at ${path}`,
      () => {
        const all = receiver.taken().filter((one) => one.path === `/chats/${path}`);
        return all.length >= count && all;
      },
      kPatienceMs,
    );

  test('sends what a socket would hear, in order, each to the address of its chat', async () => {
    const [one, two] = [await begin('one'), await begin('two?key=7')];
    for (const word of ['a', 'b', 'c']) {
      assert.equal((await say(server.ready, one, word)).status, 204);
      assert.equal((await say(server.ready, two, word)).status, 204);
    }
    assert.equal((await call(server.ready, one, 'end', endBody(one))).status, 204);
    const events = await told('one', 9);
    assert.deepEqual(
      events.map(({type}) => type),
      ['chat:ready', ...Array(7).fill('incoming:msg'), 'incoming:notice'],
    );
    assert.equal(events[0].data.chat_ID, one.chat_id);
    assert.equal(events.at(-1)?.data.reason, 'killbot_via_consumer_end');
    const {history} = await readSnapshot(server.ready, one);
    assert.deepEqual(
      events.filter(({type}) => type === 'incoming:msg').map(({data}) => data),
      history.filter(({from_side: side}) => side === 'bot'),
    );
    const others = await told('two?key=7', 8);
    assert.ok(others.slice(1).every((event) => event.data.chat_id === two.chat_id));
    assert.deepEqual(receiver.wrong, [], 'every signature fits');
  });

  test('sends again what failed, in order, under the same id', async () => {
    const session = await begin('again');
    await told('again', 2);
    receiver.script = [500, 'hang up', 503];
    for (const word of ['a', 'b']) await say(server.ready, session, word);
    const events = await told('again', 6);
    const numbers = events.slice(1).map(({data: {seq_num: number}}) => number);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    const tried = receiver.seen.filter(({path}) => path === '/chats/again');
    assert.ok(tried.length > events.length, 'something was tried again');
    assert.equal(new Set(tried.map(({id}) => id)).size, events.length);
  });

  test('loses nothing when the server is killed', async () => {
    const session = await begin('killed');
    await told('killed', 2);
    receiver.always = 503;
    for (const word of ['a', 'b']) await say(server.ready, session, word);
    await server.kill();
    receiver.always = undefined;
    await start(server.ports);
    assert.equal((await told('killed', 6)).length, 6);
  });

  test('refuses every address but those below the one that the solution allows', async () => {
    const {host} = receiver;
    for (const url of [
      'https://evil.example/',
      `http://${host}/`,
      `http://${host}/chat`,
      `http://${host}/chats/../admin`,
      `http://${host}/chats/%2e%2e/admin`,
      `http://x@${host}/chats/`,
      `http://${host}.evil.example/chats/`,
      `http://${host}/chats/#`,
      `http://${host}/chats/a b`,
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'chats/',
      '',
    ]) {
      await assertError(await ask(url), 400);
    }
  });

  test('is refused by a solution that does not name it', async () => {
    const other = await Server.start({data: temporaryFolder(), solutions: [writeEcho()]});
    await assertError(await ask('https://example.com/', other.ready), 400);
    await other.stop();
  });
});
