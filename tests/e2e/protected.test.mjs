// A process that holds keys leaves no core, is nobody's to look into, and leaves nothing in the
// system's temporary folder for long.

import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync}
  from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {Server, kBinary, kSolution, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

/** @param {number | undefined} pid */
function coreLimit(pid) {
  return /Max core file size\s+(\S+)\s+(\S+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.slice(1);
}

test('a crash of the server leaves no core, whatever the limit was', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const child = spawn('/bin/sh', ['-c', 'ulimit -c unlimited; exec "$@"', 'sh', kBinary, 'serve',
    '--data', data, '--solution', kSolution, '--listen', '127.0.0.1:0'],
  {cwd: folder, stdio: ['ignore', 'pipe', 'ignore']});
  await within('the ready line', once(child.stdout, 'data'));
  assert.deepEqual(coreLimit(child.pid), ['0', '0']);
  const end = once(child, 'exit');
  child.kill('SIGSEGV');
  const [, signal] = await within('the crash', end);
  assert.equal(signal, 'SIGSEGV');
  for (const where of [folder, data]) {
    assert.deepEqual(readdirSync(where).filter((name) => /^core/.test(name)), []);
  }
  const said = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (said.startsWith('/')) {
    const beside = join(said, '..');
    if (existsSync(beside)) {
      assert.deepEqual(readdirSync(beside).filter((name) => name.includes(String(child.pid))), []);
    }
  }
});

test('commands that hold secrets have the same limit', async () => {
  for (const options of [['secret', 'set', 'A', '--data', temporaryFolder(),
    '--secrets-key', join(temporaryFolder(), 'key')], ['chat', kSolution]]) {
    const child = spawn(kBinary, options, {stdio: ['pipe', 'ignore', 'ignore']});
    await until('its limit', async () => coreLimit(child.pid)?.[0] === '0');
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
  }
});

const isRoot = process.getuid?.() === 0;
test('another process of the same user may not look into it', {skip: !isRoot}, async () => {
  const kUser = 65534;
  const folder = temporaryFolder();
  for (let at = folder; at !== '/'; at = join(at, '..')) {
    if (at === folder) chmodSync(at, 0o755);
  }
  const data = join(folder, 'data');
  mkdirSync(data);
  chownSync(data, kUser, kUser);
  const child = spawn(kBinary, ['braze-sandbox', '--data', data],
    {uid: kUser, gid: kUser, cwd: folder, stdio: ['ignore', 'pipe', 'inherit']});
  await within('the ready line', once(child.stdout, 'data'));
  assert.equal(statSync(`/proc/${child.pid}/environ`).uid, 0, 'its memory is root\'s to read');
  const read = spawnSync('/bin/cat', [`/proc/${child.pid}/environ`], {uid: kUser, gid: kUser});
  assert.notEqual(read.status, 0);
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  await end;
});

test('a server that runs as root says so', {skip: !isRoot}, async () => {
  const server = await Server.start({data: temporaryFolder()});
  assert.match(server.stderr(), /warning server runs as root/);
  await server.stop();
});

test('what a killed server left among temporary files goes with the next start', async () => {
  const temporary = temporaryFolder();
  const folders = () => readdirSync(temporary).filter((name) => name.startsWith('millrace-'));
  const env = {TMPDIR: temporary};
  for (let round = 0; round < 3; ++round) {
    const server = await Server.start({data: temporaryFolder(), env});
    assert.equal(folders().length, 1, 'its own alone');
    await server.kill();
  }
  const server = await Server.start({data: temporaryFolder(), env});
  await server.stop();
  assert.deepEqual(folders(), []);
});
