// A real file system with no room left: what is said, what is refused, and what works again once
// there is room, without a restart and with one. The data folder is a small tmpfs.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';

import {post} from './support/rest.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kFolder = join(temporaryFolder(), 'small');
mkdirSync(kFolder);
const kSize = '24m';
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kSize}`, 'tmpfs', kFolder]);
const kSkip = mounted.status === 0 ? false : 'this user may not mount a tmpfs';
after(() => void (kSkip || spawnSync('umount', ['-l', kFolder])));

const kData = join(kFolder, 'data');
const kFiller = join(kFolder, 'filler');

/** Takes every byte that is left. */
function fill() {
  const file = openSync(kFiller, 'a');
  try {
    for (const size of [1 << 20, 4096]) {
      const piece = Buffer.alloc(size);
      try {
        for (;;) if (writeSync(file, piece) < size) break;
      } catch (error) {
        assert.equal(/** @type {NodeJS.ErrnoException} */ (error).code, 'ENOSPC');
      }
    }
  } finally {
    closeSync(file);
  }
}
const isFull = () => statfsSync(kFolder).bavail === 0;

/**
 * One message; what was acknowledged is kept to be asked for again.
 * @param {Server} server
 * @param {Map<string, {body: unknown, answer: unknown}>} kept
 * @param {string} sender
 * @param {string} message
 * @param {string} [id]
 */
async function say(server, kept, sender, message, id = randomUUID()) {
  const body = {sender, message, message_id: id};
  const response = await post(server.ready.base_url, body);
  const answer = await response.json();
  if (response.status === 200) kept.set(id, {body, answer});
  return {status: response.status, answer, headers: response.headers};
}

/** @param {Server} server @param {Map<string, {body: unknown, answer: unknown}>} kept */
async function assertKept(server, kept) {
  for (const [id, {body, answer}] of kept) {
    const again = await post(server.ready.base_url, body);
    assert.equal(again.status, 200, id);
    assert.deepEqual(await again.json(), answer, `the answer to ${id} again`);
  }
}

/** @param {Server} server @param {string} path */
async function statusOf(server, path) {
  const response = await fetch(server.ready.base_url + path);
  await response.arrayBuffer();
  return response.status;
}

test('a full disk refuses what it cannot keep, says so, and heals when there is room',
  {skip: kSkip}, async () => {
    /** @type {Map<string, {body: unknown, answer: unknown}>} */
    const kept = new Map();
    const people = Array.from({length: 8}, () => randomUUID());
    let server = await Server.start({data: kData, more: ['--disk-min', '1MB']});
    for (const sender of people) {
      for (const text of ['hi', 'Ana']) {
        assert.equal((await say(server, kept, sender, text)).status, 200);
      }
    }
    assert.equal(await statusOf(server, '/readyz'), 200);

    // Until the files that are there already have no room either: each one who speaks is told so.
    fill();
    /** @type {{sender: string, id: string}[]} */
    const refused = [];
    await until('a refusal', async () => {
      if (!isFull()) fill();
      for (const sender of people) {
        const id = randomUUID();
        const {status, headers} = await say(server, kept, sender, 'S'.repeat(2000), id);
        if (status === 200) continue;
        assert.equal(status, 503);
        assert.ok(Number(headers.get('retry-after')) > 0, 'says when to try again');
        refused.push({sender, id});
      }
      return refused.length > 0;
    });
    assert.equal(await statusOf(server, '/readyz'), 503);
    const log = server.stderr();
    assert.match(log, /full|no space|disk/i, 'says why');

    // Room again: no restart, nothing twice, nothing lost.
    rmSync(kFiller);
    await until('it is ready again', async () =>
      (await statusOf(server, '/readyz')) === 200 && (await statusOf(server, '/healthz')) === 200);
    for (const {sender, id} of refused) {
      assert.equal((await say(server, kept, sender, 'S'.repeat(2000), id)).status, 200);
    }
    await assertKept(server, kept);

    // The end and the start of a server on a full disk: a clear word, and nothing lost.
    fill();
    await server.kill();
    if (!isFull()) fill();
    let refusal = '';
    try {
      server = await Server.start({data: kData, more: ['--disk-min', '1MB']});
      assert.equal(await statusOf(server, '/readyz'), 503, 'it started, and says what is wrong');
      await server.kill();
    } catch (error) {
      refusal = String(error);
      assert.match(refusal, /ended \([1-9]\d*\)/, 'ends by itself');
      assert.match(refusal, /full|no space|No space/i, 'says why');
    }
    rmSync(kFiller);
    server = await Server.start({data: kData, more: ['--disk-min', '1MB']});
    await assertKept(server, kept);
    await server.stop();
    const verified = await run(['verify', '--data', kData]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  });

test('no command writes half a file on a full disk', {skip: kSkip}, async () => {
  rmSync(kFiller, {force: true});
  fill();
  const copy = join(kFolder, 'copy');
  const backup = await run(['backup', '--data', kData, '--to', copy]);
  assert.notEqual(backup.code, 0);
  assert.match(backup.stderr, /full|space/i);
  const {stdout} = spawnSync('ls', ['-A', kFolder], {encoding: 'utf8'});
  assert.deepEqual(stdout.trim().split('\n').sort(), ['data', 'filler'], 'nothing is left behind');
  rmSync(kFiller);
  const again = await run(['backup', '--data', kData, '--to', copy]);
  assert.equal(again.code, 0, again.stderr);
});
