// Files that people send: judged by their bytes, kept once, read by signed links that end, and
// never shown as anything that could run.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {assertError, call, endBody, messageBody, readSnapshot} from './support/engagement.mjs';
import {begin, say, writeEcho} from './support/echo.mjs';
import {Api, firstOwner} from './support/operators.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

/** @typedef {import('./support/engagement.mjs').Session} Session */

const kPng = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(64, 7)]);
const kSvg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

/**
 * @param {Server} server @param {Session} session
 * @param {Uint8Array | string} bytes @param {Record<string, string>} query
 */
const post = (server, session, bytes, query, token = session.access_token) =>
  fetch(
    `${server.ready.base_url}/messaging/v1/chats/${session.chat_id}/files?` +
      new URLSearchParams(query),
    {
      method: 'POST',
      body: /** @type {any} */ (bytes),
      headers: {'Content-Type': 'application/octet-stream', Authorization: `Bearer ${token}`},
    },
  );

describe('files of people', () => {
  /** @type {Server} */ let server;
  /** @type {Session} */ let session;
  before(async () => {
    server = await Server.start({
      data: temporaryFolder(),
      solutions: [writeEcho('uploads: {max_mb: 2, kinds: [image, pdf, text]}')],
    });
    session = await begin(server.ready);
  });
  after(() => server?.stop());

  /** @param {Uint8Array | string} bytes @param {string} name */
  async function sent(bytes, name) {
    const answer = await post(server, session, bytes, {name});
    assert.equal(answer.status, 201, await answer.clone().text());
    return answer.json();
  }

  test('a picture is shown in place, and cannot be taken for anything else', async () => {
    const {file, file_type: type, file_name: name} = await sent(kPng, 'cat.PNG');
    assert.equal(type, 'image/png');
    assert.equal(name, 'cat.png');
    const shown = await fetch(file);
    assert.equal(shown.status, 200);
    assert.equal(shown.headers.get('content-type'), 'image/png');
    assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
    assert.match(shown.headers.get('content-disposition') ?? '', /^inline; filename="cat\.png"/);
    assert.match(shown.headers.get('content-security-policy') ?? '', /default-src 'none'; sandbox/);
    assert.equal(shown.headers.get('set-cookie'), null);
    assert.match(shown.headers.get('cache-control') ?? '', /^private, max-age=\d+$/);
    assert.deepEqual(Buffer.from(await shown.arrayBuffer()), kPng);
  });

  test('SVG, HTML and scripts are texts to be kept, whatever they are called', async () => {
    for (const [bytes, name] of [
      [kSvg, 'logo.svg'],
      ['<!doctype html><script>1</script>', 'a.html'],
      ['alert(1)', 'x.js'],
      [kSvg, 'logo.png'],
    ]) {
      const {file, file_type: type, file_name: called} = await sent(bytes, name);
      assert.equal(type, 'text/plain; charset=utf-8');
      assert.match(called, /\.txt$/);
      const shown = await fetch(file);
      assert.match(shown.headers.get('content-disposition') ?? '', /^attachment; /);
      assert.equal(await shown.text(), bytes);
    }
  });

  test('names lose folders, what is not seen, and what turns the writing', async () => {
    for (const [given, kept] of [
      ['../../etc/passwd', 'passwd.png'],
      ['C:\\x\\pic.png', 'pic.png'],
      ['cat\u202Egnp.exe', 'catgnp.png'],
      ['a\u200Bb.png', 'ab.png'],
      ['  ..png', 'file.png'],
      ['<img src=x onerror=alert(1)>.png', 'img src=x onerror=alert(1).png'],
      ['', 'file.png'],
      ['été "quoted".png', 'été quoted.png'],
      ['x'.repeat(500) + '.png', 'x'.repeat(92) + '.png'],
    ]) {
      assert.equal((await sent(kPng, given)).file_name, kept);
    }
  });

  test('what is of no kind that the solution takes is refused', async () => {
    const mp3 = Buffer.concat([Buffer.from('ID3'), Buffer.alloc(50)]);
    for (const bytes of [
      Buffer.from([0, 1, 2, 3]),
      Buffer.from('MZ\x90\x00', 'latin1'),
      mp3,
      Buffer.from('PK\x03\x04 evil', 'latin1'),
      Buffer.from('\x7fELF\x02', 'latin1'),
    ]) {
      await assertError(await post(server, session, bytes, {name: 'a.png'}), 400);
    }
    await assertError(await post(server, session, '', {name: 'a.png'}), 400);
  });

  test('a large file comes in slices, of which none is taken twice', async () => {
    const whole = Buffer.concat([kPng, Buffer.alloc(1_500_000, 3)]);
    const size = String(whole.length);
    const first = await (
      await post(server, session, whole.subarray(0, 700_000), {name: 'big.png', size})
    ).json();
    assert.equal(first.received, 700_000);
    const {upload} = first;
    const repeated = await post(server, session, whole.subarray(0, 700_000), {
      size,
      upload,
      offset: '0',
    });
    assert.equal(repeated.status, 202);
    assert.equal((await repeated.json()).received, 700_000);
    await assertError(
      await post(server, session, whole.subarray(0, 10), {size, upload, offset: '800000'}),
      400,
    );
    const stranger = await begin(server.ready);
    await assertError(
      await post(server, stranger, whole.subarray(700_000, 700_010), {
        size,
        upload,
        offset: '700000',
      }),
      404,
    );
    const done = await post(server, session, whole.subarray(700_000), {
      name: 'big.png',
      size,
      upload,
      offset: '700000',
    });
    assert.equal(done.status, 201);
    const back = await fetch((await done.json()).file);
    assert.deepEqual(Buffer.from(await back.arrayBuffer()), whole);
  });

  test('what is too large is refused before it is sent', async () => {
    await assertError(await post(server, session, kPng, {name: 'a.png', size: '3000000'}), 400);
    await assertError(await post(server, session, kPng, {name: 'a.png', size: 'many'}), 400);
  });

  test('a link that was changed opens nothing, and none is made without a token', async () => {
    const {file} = await sent(kPng, 'cat.png');
    const {pathname} = new URL(file);
    const [, , , token, name] = pathname.split('/');
    const at = (/** @type {string} */ path) => fetch(server.ready.base_url + path);
    assert.equal((await at(`/media/v1/${token}/dog.png`)).status, 403);
    assert.equal((await at(`/media/v1/${token.slice(0, -2)}AA/${name}`)).status, 403);
    assert.equal((await at(`/media/v1/x/${name}`)).status, 403);
    assert.equal((await at('/media/v1/')).status, 403);
    assert.equal((await fetch(file, {method: 'POST'})).status, 405);
    assert.equal((await post(server, session, kPng, {name: 'a.png'}, 'x')).status, 401);
    const other = await begin(server.ready);
    await assertError(await post(server, session, kPng, {name: 'a.png'}, other.access_token), 404);
    const foreign = await fetch(
      `${server.ready.base_url}/messaging/v1/chats/${session.chat_id}/files?name=a.png`,
      {
        method: 'POST',
        body: kPng,
        headers: {Authorization: `Bearer ${session.access_token}`, Origin: 'https://evil.example'},
      },
    );
    await assertError(foreign, 403);
  });

  test('said in a chat, it answers the question and stands in the history', async () => {
    const own = await begin(server.ready);
    const {file} = await (await post(server, own, kPng, {name: 'cat.png'})).json();
    await say(server.ready, own, 'file');
    const said = await call(server.ready, own, 'message', {
      ...messageBody(own, 'a photo'),
      file,
      file_status: 'ready',
    });
    assert.equal(said.status, 204);
    const {history} = await readSnapshot(server.ready, own);
    assert.equal(history.at(-2)?.msg, 'Thank you for that.');
    const message = /** @type {any} */ (history.find((one) => one.msg.includes('/media/v1/')));
    assert.equal(message.file_name, 'cat.png');
    assert.equal(message.file_type, 'image/png');
    assert.equal(message.file_status, 'ready');
    assert.notEqual(message.file, message.msg, 'a link for who reads it now');
    assert.equal((await fetch(message.file)).status, 200);
  });
});

describe('files that a scanner looks at', () => {
  test('are refused when they may do harm, and when nobody can look', async () => {
    /** What clamd does: INSTREAM, chunks with their lengths, and a word about them. */
    const daemon = createServer((socket) => {
      let bytes = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (part) => {
        bytes = Buffer.concat([bytes, part]);
        if (!bytes.subarray(-4).equals(Buffer.alloc(4))) return;
        socket.end(
          bytes.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0',
        );
      });
    });
    await new Promise((ready) => daemon.listen(0, '127.0.0.1', () => ready(undefined)));
    const {port} = /** @type {import('node:net').AddressInfo} */ (daemon.address());
    const server = await Server.start({
      data: temporaryFolder(),
      solutions: [writeEcho()],
      more: ['--clamd', `127.0.0.1:${port}`],
    });
    const session = await begin(server.ready);
    assert.equal((await post(server, session, 'good words', {name: 'a.txt'})).status, 201);
    await assertError(await post(server, session, 'EICAR', {name: 'a.txt'}), 400);
    await new Promise((closed) => daemon.close(closed));
    assert.equal((await post(server, session, 'other words', {name: 'a.txt'})).status, 503);
    await server.stop();
  });
});

test('a scanner that nobody can reach by that name is refused at the start', async () => {
  const started = await run([
    'serve', '--wait-for-deploy', '--data', temporaryFolder(), '--clamd', 'scanner',
  ]);
  assert.equal(started.code, 1);
  assert.match(started.stderr, /'scanner' is neither a path that begins with \/ nor ADDRESS:PORT/);
});

describe('files of somebody who is erased', () => {
  test('go by the API and by the command, but for what others sent as well', async () => {
    for (const by of ['api', 'command']) {
      const data = temporaryFolder();
      const server = await Server.start({data, solutions: [writeEcho()]});
      const {api_url: url, owner_link: link} = /** @type {any} */ (server.ready);
      const [gone, stays] = [await begin(server.ready), await begin(server.ready)];
      const links = [];
      for (const [session, words] of /** @type {[Session, string][]} */ ([
        [gone, 'Quarantotti wrote this'], [gone, 'both have this'], [stays, 'both have this'],
      ])) {
        links.push((await (await post(server, session, words, {name: 'a.txt'})).json()).file);
      }
      await call(server.ready, gone, 'end', endBody(gone));
      if (by === 'api') {
        const owner = await firstOwner(await Api.of(url), link);
        const {consumer} = (await owner.all('listChats')).find(({id}) => id === gone.chat_id);
        const erased = await until('the erasure', async () => {
          const answered = await owner.ask('erasePerson', {values: {consumer}});
          return answered.status === 200 && answered.body;
        });
        assert.equal(erased.complete, true);
        assert.equal((await fetch(links[0])).status, 410);
        assert.equal((await fetch(links[2])).status, 200);
      }
      await server.stop();
      if (by === 'command') {
        const done = await run(['forget', gone.chat_id, '--data', data]);
        assert.equal(done.code, 0, done.stderr);
      }
      const kept = readFileSync(join(data, 'media.db'));
      assert.ok(!kept.includes('Quarantotti'), by);
      assert.ok(kept.includes('both have this'), by);
    }
  });
});
