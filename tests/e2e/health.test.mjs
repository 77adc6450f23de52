// /healthz and /readyz tell the truth: of a journal whose disk fails in every way, of a disk nearly
// full, of deliveries that stand; also to many at once.

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {post} from './support/rest.mjs';
import {Server, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kFolder = temporaryFolder();
const kShim = join(kFolder, 'failing_disk.so');
const kFlag = join(kFolder, 'flag');
const kCompiler = ['cc', 'gcc', 'clang-19'].find((name) => spawnSync(name, ['--version']).status === 0);
execFileSync(kCompiler ?? 'cc', ['-O1', '-shared', '-fPIC',
  join(kRepository, 'tests/e2e/support/failing_disk.c'), '-o', kShim, '-ldl']);

/** @param {Server} server @param {string} path @param {string} [base] */
async function ask(server, path, base = server.ready.base_url) {
  const response = await fetch(base + path);
  return {status: response.status, body: await response.json()};
}

test('while the journal takes nothing neither page says ok, and both do once it can', async () => {
  for (const [how, what] of [['s', 'sync'], ['w', 'EIO'], ['e', 'ENOSPC'], ['h', 'no end of a sync']]) {
    rmSync(kFlag, {force: true});
    const server = await Server.start({data: temporaryFolder(), env: {LD_PRELOAD: kShim,
      FAILING_DISK_FLAG: kFlag, FAILING_DISK_MATCH: 'journal.db-wal'}});
    const base = server.ready.base_url;
    assert.equal((await post(base, {sender: randomUUID(), message: 'hi'})).status, 200);
    for (const path of ['/healthz', '/readyz']) {
      assert.deepEqual((await ask(server, path)).body.checks.journal, 'ok');
      assert.equal((await ask(server, path)).status, 200);
    }
    writeFileSync(kFlag, how);
    const said = post(base, {sender: randomUUID(), message: 'hi'});
    if (how !== 'h') assert.notEqual((await said).status, 200, what);
    await until(`503 of a journal with ${what}`, async () =>
      (await ask(server, '/healthz')).status === 503);
    for (const path of ['/healthz', '/readyz']) {
      const {status, body} = await ask(server, path);
      assert.equal(status, 503, `${path}: ${what}`);
      assert.equal(body.status, 'failing');
      assert.notEqual(body.checks.journal, 'ok');
    }
    rmSync(kFlag);
    await said;
    await until('both are right again', async () =>
      (await ask(server, '/healthz')).status === 200 && (await ask(server, '/readyz')).status === 200);
    assert.equal((await post(base, {sender: randomUUID(), message: 'hi'})).status, 200);
    assert.match(server.stderr(), /not ready: .*journal/);
    await server.stop();
  }
});

test('the very next question after a failed message is answered with 503', async () => {
  rmSync(kFlag, {force: true});
  const server = await Server.start({data: temporaryFolder(), env: {LD_PRELOAD: kShim,
    FAILING_DISK_FLAG: kFlag, FAILING_DISK_MATCH: 'journal.db-wal'}});
  for (let round = 0; round < 5; ++round) {
    await until('it is right', async () => (await ask(server, '/healthz')).status === 200);
    writeFileSync(kFlag, 'e');
    const said = await post(server.ready.base_url, {sender: randomUUID(), message: 'hi'});
    assert.equal(said.status, 503);
    assert.equal((await ask(server, '/healthz')).status, 503);
    rmSync(kFlag);
  }
  await server.stop();
});

test('a disk nearly full is alive and not ready', async () => {
  const server = await Server.start({data: temporaryFolder(),
    more: ['--disk-min', '1024TB', '--metrics', '127.0.0.1:0']});
  assert.equal((await ask(server, '/healthz')).status, 200);
  const {status, body} = await ask(server, '/readyz');
  assert.equal(status, 503);
  assert.match(body.checks.disk, /MB are left/);
  // The same on the operator's own listener, and as figures.
  const metrics = new URL(/** @type {any} */ (server.ready).metrics_url).origin;
  assert.equal((await ask(server, '/readyz', metrics)).status, 503);
  const figures = await (await fetch(`${metrics}/metrics`)).text();
  assert.match(figures, /millrace_health_ok\{check="disk"\} 0/);
  assert.match(figures, /millrace_health_ok\{check="journal"\} 1/);
  await server.stop();
});

test('deliveries that stand make it not ready until they go on', async () => {
  const solution = temporaryFolder();
  mkdirSync(join(solution, 'flows'));
  writeFileSync(join(solution, 'app.py'), `import os
NAME = 'Standing'
BOTS = []
CSV_BOTS = ['Standing']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`);
  writeFileSync(join(solution, 'solution.yaml'), `name: Standing
braze: {sandbox: {url: '\${env:BRAZE_URL}', api_key: '\${secret:STANDING_KEY}'}}
`);
  writeFileSync(join(solution, 'flows/main.flow.yaml'), `nodes:
  what: {ask: 'What?', variable: WHAT, nlu: false}
  owe:
    do: BrazeTrack
    with: {attributes: {last: '{WHAT}'}}
    outputs: [outcome]
    decide: outcome
    on: {ok: what, error: what}
`);
  const data = temporaryFolder();
  const first = await Server.start({data, solutions: [solution]});
  const env = {STANDING_KEY: first.ready.braze_api_key};
  await first.stop();
  const server = await Server.start({data, solutions: [solution], env});
  const sender = randomUUID();
  for (const message of ['hi', 'x']) await post(server.ready.base_url, {sender, message});
  await until('it is not ready', async () => (await ask(server, '/readyz')).status === 503);
  const {body} = await ask(server, '/readyz');
  assert.match(body.checks.deliveries, /stopped: Standing sandbox/);
  assert.equal((await ask(server, '/healthz')).status, 200);
  assert.match(server.stderr(), /grant Standing --secret STANDING_KEY/);
  const granted = await run(['grant', 'Standing', '--secret', 'STANDING_KEY', '--data', data]);
  assert.equal(granted.code, 0, granted.stderr);
  const retried = await run(['deliveries', 'retry', '--data', data, '--solution', 'Standing']);
  assert.equal(retried.code, 0, retried.stderr);
  await until('it is ready', async () => (await ask(server, '/readyz')).status === 200);
  await server.stop();
});

test('five hundred who ask at once are all answered', async () => {
  const server = await Server.start({data: temporaryFolder(), more: ['--metrics', '127.0.0.1:0']});
  const began = Date.now();
  const statuses = await Promise.all(Array.from({length: 500}, async () =>
    (await ask(server, '/readyz')).status));
  assert.ok(statuses.every((status) => status === 200));
  assert.ok(Date.now() - began < 30_000);
  await server.stop();
});
