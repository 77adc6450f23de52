// How operators come in and are kept out: the first owner's link, sessions, an authenticator, the
// commands beside a running server, the audit log under tampering, and where the API is answered.

import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {
  Api,
  Client,
  cookieOf,
  firstOwner,
  keyWith,
  kPassword,
  signupAs,
} from './support/operators.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';

const solution = signupAs('Signup');
/** @param {string} data @param {string[]} [more] */
const start = (data, more = []) =>
  Server.start({data, solutions: [solution], logLevel: 'info', more});
/** @param {Server} server */
const ready = (server) => /** @type {any} */ (server.ready);
/** @param {Api} api */
const nobodyOf = (api) => new Client(api, {Origin: api.origin, 'X-Millrace': '1'});

/** RFC 6238, by node's own crypto. @param {string} base32 @param {number} step */
function totp(base32, step) {
  const bits = [...base32]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('the first owner comes by a link of the ready line, and nobody after them', async () => {
  const data = join(temporaryFolder(), 'data');
  let server = await start(data);
  const old = ready(server).owner_link;
  assert.ok(!server.stderr().includes(old.split('#')[1]), 'the link is not in the log');
  await server.stop();
  server = await start(data);
  const api = await Api.of(ready(server).api_url);
  const gone = await nobodyOf(api).ask('lookAtLink', {body: {token: old.split('#')[1]}});
  assert.equal(gone.status, 404, 'a start makes the former link void');
  const weak = await nobodyOf(api).ask('useLink', {
    body: {token: ready(server).owner_link.split('#')[1], name: 'anna', password: 'too short'},
  });
  assert.equal(weak.status, 400);
  const owner = await firstOwner(api, ready(server).owner_link);
  assert.equal((await owner.get('getSession')).name, 'anna');
  await server.stop();
  server = await start(data);
  assert.equal(ready(server).owner_link, null);
  await server.stop();
});

test('a session: its cookie, its list, its end; a password that is changed', async () => {
  const data = join(temporaryFolder(), 'data');
  const server = await start(data);
  const api = await Api.of(ready(server).api_url);
  const owner = await firstOwner(api, ready(server).owner_link);
  const signIn = (/** @type {string} */ password) =>
    nobodyOf(api).ask('beginSession', {body: {name: 'anna', password}});
  const answered = await signIn(kPassword);
  const set = answered.headers.getSetCookie()[0];
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(set.includes(part), set);
  assert.ok(!set.includes('Secure'), 'over plain HTTP on this machine');
  const second = Client.withCookie(api, cookieOf(answered));
  const sessions = await owner.all('listOwnSessions');
  assert.equal(sessions.length, 2);
  const [other] = sessions.filter(({is_this: isThis}) => !isThis);
  await owner.get('endOwnSession', {values: {session: other.id}});
  assert.equal((await second.ask('getSession')).status, 401);
  const third = Client.withCookie(api, cookieOf(await signIn(kPassword)));
  const wrong = await third.ask('changeOwnPassword', {
    body: {present: 'not this one', wanted: 'a third long sentence'},
  });
  assert.equal(wrong.status, 400);
  await third.get('changeOwnPassword', {
    body: {present: kPassword, wanted: 'a third long sentence'},
  });
  assert.equal((await owner.ask('getSession')).status, 401);
  assert.equal((await signIn(kPassword)).status, 401);
  await third.get('endSession');
  assert.equal((await third.ask('getSession')).status, 401);
  await server.stop();
});

test('an authenticator is asked for once a code was shown; a code counts once', async () => {
  const data = join(temporaryFolder(), 'data');
  const server = await start(data);
  const api = await Api.of(ready(server).api_url);
  const owner = await firstOwner(api, ready(server).owner_link);
  const {secret, uri} = await owner.get('offerTotp');
  assert.ok(uri.startsWith('otpauth://totp/Millrace:anna?secret=' + secret));
  const step = Math.floor(Date.now() / 30_000);
  assert.equal((await owner.ask('confirmTotp', {body: {code: '000000'}})).status, 400);
  await owner.get('confirmTotp', {body: {code: totp(secret, step)}});
  const signIn = (/** @type {object} */ more) =>
    nobodyOf(api).ask('beginSession', {body: {name: 'anna', password: kPassword, ...more}});
  const asked = await signIn({});
  assert.equal(asked.status, 401);
  assert.equal(asked.body.errors[0].type, 'second_factor_wanted');
  assert.equal((await signIn({code: totp(secret, step)})).status, 401, 'it was used to confirm');
  assert.equal((await signIn({code: totp(secret, step + 1)})).status, 200);
  assert.equal((await signIn({code: totp(secret, step + 1)})).status, 401);
  const link = await run(['user', 'link', 'anna', '--reset-totp', '--data', data]);
  const token = link.stdout.trim().split('#')[1];
  await nobodyOf(api).get('useLink', {body: {token, password: kPassword}});
  const after = Client.withCookie(api, cookieOf(await signIn({})));
  await after.get('offerTotp');
  assert.equal((await after.ask('removeTotp', {body: {password: 'not this one'}})).status, 400);
  await after.get('removeTotp', {body: {password: kPassword}});
  await server.stop();
});

test('commands beside the server: users, keys, and a chain that shows who tampered', async () => {
  const data = join(temporaryFolder(), 'data');
  let server = await start(data);
  const api = await Api.of(ready(server).api_url);
  const added = await run(['user', 'add', 'ben', '--grant', 'designer@Signup', '--data', data]);
  assert.equal(added.code, 0, added.stderr);
  const token = added.stdout.trim().split('#')[1];
  const used = await nobodyOf(api).ask('useLink', {body: {token, password: kPassword}});
  const ben = Client.withCookie(api, cookieOf(used));
  assert.deepEqual((await ben.get('getSession')).grants, [{role: 'designer', solution: 'Signup'}]);
  for (const wrong of [
    ['user', 'add', 'ben', '--grant', 'viewer'],
    ['user', 'add', 'b b', '--grant', 'viewer'],
    ['user', 'disable', 'nobody'],
  ]) {
    assert.equal((await run([...wrong, '--data', data])).code, 2, wrong.join(' '));
  }
  assert.notEqual((await run(['user', 'add', 'c', '--grant', 'king', '--data', data])).code, 0);
  await run(['user', 'add', 'root', '--grant', 'owner', '--data', data]);
  assert.equal((await run(['user', 'disable', 'ben', '--data', data])).code, 0);
  assert.equal((await ben.ask('getSession')).status, 401);
  assert.match(
    (await run(['user', 'list', '--data', data])).stdout,
    /ben +designer@Signup +yes/,
  );

  const client = await keyWith(api, data, 'chat.read@Signup');
  assert.equal((await client.ask('listChats')).status, 200);
  const [key] = JSON.parse((await run(['key', 'list', '--data', data, '--json'])).stdout);
  assert.deepEqual([key.grants, key.expires_at], [['chat.read@Signup'], null]);
  assert.equal((await run(['key', 'revoke', key.id, '--data', data])).code, 0);
  assert.equal((await client.ask('listChats')).status, 401);
  const elsewhere = await run([
    'key',
    'make',
    'far',
    '--grant',
    'viewer',
    '--from',
    '192.0.2.0/24',
    '--life',
    '1h',
    '--data',
    data,
  ]);
  assert.equal((await Client.withKey(api, elsewhere.stdout.trim()).ask('listChats')).status, 401);
  await server.kill();

  const verify = (/** @type {string[]} */ ...more) =>
    run(['audit', 'verify', '--data', data, ...more]);
  const whole = await verify();
  assert.equal(whole.code, 0, 'after a kill: ' + whole.stdout + whole.stderr);
  const noted = /(\d+:[0-9a-f]{64})/.exec(whole.stdout)?.[1] ?? '';
  assert.equal((await verify('--expect', noted)).code, 0);
  const rows = (await run(['audit', 'export', '--data', data])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(rows.some(({action, who}) => action === 'user.add' && who === 'command'));
  assert.match(
    (await run(['audit', 'list', '--action', 'user.', '--data', data])).stdout,
    /user\.disable|user\.change/,
  );
  const tamper = await run(
    [
      '-c',
      `import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    changed = "CAST(replace(CAST(value AS TEXT), 'command', 'nobodyy') AS BLOB)"
    database.execute("UPDATE pairs SET value = " + changed +
                     " WHERE key = CAST('audit/00000000000000000002' AS BLOB)")`,
      join(data, 'access.db'),
    ],
    'python3',
  );
  assert.equal(tamper.code, 0, tamper.stderr);
  const tampered = await verify();
  assert.equal(tampered.code, 1);
  assert.match(tampered.stdout, /row 2 /);
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `access.db${end}`), {force: true});
  await assert.rejects(start(data), /access\.db|missing/);
  server = await start(data, ['--make-anew', 'access.db']);
  assert.ok(ready(server).owner_link);
  assert.equal((await verify('--expect', noted)).code, 1, 'a log made anew shows');
  await server.stop();
});

test('the API is off where others can ask, unless it is said where it is', async () => {
  const data = join(temporaryFolder(), 'data');
  const apiPath = (/** @type {string} */ url) =>
    fetch(`${url}/api/v1/openapi.json`).then(({status}) => status);
  let server = await start(data, ['--public-url', 'https://chat.example.com']);
  assert.equal(ready(server).api_url, null);
  assert.equal(await apiPath(server.ready.base_url), 404);
  assert.equal((await fetch(`${server.ready.base_url}/operator/`)).status, 404);
  await server.stop();
  server = await start(data, [
    '--operator',
    '127.0.0.1:0',
    '--operator-url',
    'https://ops.example.com',
  ]);
  assert.equal(ready(server).api_url, 'https://ops.example.com/api/v1');
  assert.equal(await apiPath(server.ready.base_url), 404, 'not beside the rest');
  await server.stop();
  server = await start(data, ['--operator', '127.0.0.1:0']);
  const own = new URL(ready(server).api_url).origin;
  assert.notEqual(own, server.ready.base_url);
  assert.equal(await apiPath(own), 200);
  assert.equal((await fetch(`${own}/webhooks/rest/webhook`)).status, 404, 'and nothing else there');
  await server.stop();
  server = await start(data, ['--operator', 'off']);
  assert.equal(await apiPath(server.ready.base_url), 404);
  await server.stop();
  server = await start(data, ['--public-url', 'https://bots.example.com', '--operator', 'same']);
  assert.equal(ready(server).api_url, 'https://bots.example.com/api/v1');
  const link = ready(server).owner_link.split('#')[1];
  const used = await fetch(`${server.ready.base_url}/api/v1/links/use`, {
    method: 'POST',
    body: JSON.stringify({token: link, name: 'anna', password: kPassword}),
    headers: {
      'Content-Type': 'application/json',
      'X-Millrace': '1',
      Origin: 'https://bots.example.com',
    },
  });
  const set = used.headers.getSetCookie()[0];
  assert.match(set, /^__Host-millrace=.*; Secure/);
  await server.stop();
});
