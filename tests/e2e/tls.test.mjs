// Goal: TLS, with certificates that are renewed under the server.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {chmodSync, copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {Agent} from 'node:https';
import {connect, createServer} from 'node:net';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import WebSocket from 'ws';

import {ask, makePair, replacePair} from './support/certificates.mjs';
import {sessionBody} from './support/engagement.mjs';
import {kRepository, kSolution, Server, run, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

describe('TLS', () => {
  const folder = temporaryFolder();
  const shown = makePair(folder, 'first');
  const first = readFileSync(shown.certificate);
  const second = makePair(folder, 'second');
  const later = readFileSync(second.certificate);
  /** @type {Server} */
  let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder(),
      more: ['--tls-cert', shown.certificate, '--tls-key', shown.key]});
  });
  after(() => server?.stop());

  const hook = () => `${server.ready.base_url}/webhooks/rest/webhook`;
  /** @param {string} sender @param {string} message */
  const said = (sender, message) => ({
    method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({sender, message}),
  });

  test('answers by TLS 1.3 and 1.2, and by nothing older', async () => {
    assert.match(server.ready.base_url, /^https:/);
    const answer = await ask(hook(), {...said('ada', 'hi'), ca: first});
    assert.equal(answer.status, 200, answer.body.toString());
    assert.equal(answer.protocol, 'TLSv1.3');
    assert.match(String(answer.headers['strict-transport-security']), /max-age=\d+/);
    const older = await ask(hook(), {...said('ada', 'Ada'), ca: first, maxVersion: 'TLSv1.2'});
    assert.equal(older.protocol, 'TLSv1.2');
    await assert.rejects(ask(hook(), {...said('ada', 'x'), ca: first, minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0'}));
  });

  test('takes a body of many records, and many requests over one connection', async () => {
    const large = await ask(hook(), {...said('eve', 'x'.repeat(900_000)), ca: first});
    assert.equal(large.status, 400, 'a message of more than 4,096 characters');
    const agent = new Agent({keepAlive: true, maxSockets: 1});
    for (let i = 0; i < 20; ++i) {
      const answer = await ask(`${server.ready.base_url}/assets/chat.css`, {agent, ca: first});
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.body, readFileSync(join(kRepository, 'web/chat/chat.css')));
    }
    agent.destroy();
  });

  test('opens web sockets', async () => {
    const opened = await ask(
      `${server.ready.base_url}/messaging/v1/consumers/anonymous_session`,
      {method: 'POST', ca: first, headers: {'Content-Type': 'application/json'},
        body: JSON.stringify(sessionBody(server.ready.app_id))});
    assert.equal(opened.status, 201, opened.body.toString());
    const session = JSON.parse(opened.body.toString());
    const url = `${server.ready.base_url.replace('https', 'wss')}/socket/websocket` +
      `?vsn=2.0.0&token=${session.access_token}`;
    const socket = new WebSocket(url, {ca: first});
    await within('the socket', once(socket, 'open'));
    socket.send(JSON.stringify(['1', '1', `chat:${session.chat_id}`, 'phx_join', {}]));
    const [frame] = await within('the answer', once(socket, 'message'));
    assert.match(String(frame), /phx_reply/);
    socket.close();
    await within('the end', once(socket, 'close'));
  });

  test('reads records that come in pieces', async (t) => {
    const {port} = new URL(server.ready.base_url);
    const slow = createServer((from) => {
      const onward = connect({port: Number(port), host: '127.0.0.1', noDelay: true});
      from.on('data', (bytes) => {
        for (let at = 0; at < bytes.length; at += 7) onward.write(bytes.subarray(at, at + 7));
      });
      onward.pipe(from);
      for (const end of [from, onward]) end.on('error', () => {}).on('close', () => from.destroy());
    });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    t.after(() => slow.close());
    const at = /** @type {import('node:net').AddressInfo} */ (slow.address()).port;
    const answer = await ask(`https://127.0.0.1:${at}/webhooks/rest/webhook`,
      {...said('bit', 'x'.repeat(20_000)), ca: first});
    assert.equal(answer.status, 400, 'a message of more than 4,096 characters');
  });

  test('closes who does not speak TLS, and goes on', async () => {
    const {port} = new URL(server.ready.base_url);
    const plain = connect(Number(port), '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    plain.on('error', () => {});
    await within('the end', once(plain, 'close'));
    assert.equal((await ask(hook(), {...said('bob', 'hi'), ca: first})).status, 200);
  });

  test('shows a renewed certificate without a restart, and never half of a pair', async () => {
    // A certificate without its key is not taken.
    const kept = readFileSync(shown.certificate);
    copyFileSync(second.certificate, shown.certificate);
    await until('the complaint', () => /new certificate is not taken/.test(server.stderr()));
    assert.equal((await ask(hook(), {...said('eve', 'hi'), ca: first})).subject, 'first');
    writeFileSync(shown.certificate, kept);
    replacePair(second, shown);
    await until('the new certificate', async () => {
      const answer = await ask(hook(), {...said('eve', 'hi'), ca: [first, later]});
      return answer.subject === 'second';
    });
  });
});

test('TLS is refused with a key that others may read, and with one that does not fit', async () => {
  const folder = temporaryFolder();
  const [one, other] = [makePair(folder, 'one'), makePair(folder, 'other')];
  const start = (/** @type {string} */ certificate, /** @type {string} */ key) => run(['serve',
    '--solution', kSolution, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0',
    '--tls-cert', certificate, '--tls-key', key]);
  const unfit = await start(one.certificate, other.key);
  assert.equal(unfit.code, 1);
  assert.match(unfit.stderr, /other\.key: is not the key of .*one\.pem/);
  chmodSync(one.key, 0o644);
  const open = await start(one.certificate, one.key);
  assert.equal(open.code, 1);
  assert.match(open.stderr, /everybody on this machine may read/);
});
