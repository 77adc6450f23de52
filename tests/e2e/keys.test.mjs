// The files of a data folder as an operator may find them: half made on a full disk, removed,
// emptied, damaged, readable by others. The server starts, or names the file and the remedy.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync,
  writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {RestTalker} from './support/rest.mjs';
import {Server, kBinary, kSolution, run, temporaryFolder} from './support/server.mjs';

/** @param {string} data @param {string[]} [more] */
function tryToServe(data, more = []) {
  return run(['serve', '--data', data, '--solution', kSolution, '--listen', '127.0.0.1:0', ...more]);
}

/** A folder as a server that ran and was killed leaves it. */
async function usedFolder() {
  const data = join(temporaryFolder(), 'data');
  const server = await Server.start({data});
  const talk = new RestTalker(server.ready.base_url, randomUUID());
  await talk.say('hi');
  await server.stop();
  return data;
}

test('a first start without room leaves nothing that keeps a later one from starting', async () => {
  const blocks = [0, 1, 2, 4, 8, 16, 32, 64, 128];
  let failed = 0;
  for (const most of blocks) {
    const data = join(temporaryFolder(), 'data');
    const {code} = await run(['-c', `ulimit -f ${most}; exec timeout -s TERM 2 "$@"`, 'sh', kBinary,
      'serve', '--data', data, '--solution', kSolution, '--listen', '127.0.0.1:0'], '/bin/sh');
    if (code === 1) ++failed;
    assert.ok(code === 0 || code === 1, `no file over ${most} blocks: exit ${code}`);
    for (const name of existsSync(data) ? readdirSync(data) : []) {
      if (name.endsWith('.key')) assert.equal(statSync(join(data, name)).size, 32, name);
    }
    const server = await Server.start({data});
    await new RestTalker(server.ready.base_url, randomUUID()).say('hi');
    await server.stop();
  }
  assert.ok(failed >= 3, `${failed} starts of ${blocks.length} found no room`);
});

test('a file that is missing, empty or damaged is named, and nothing begins anew unasked', async () => {
  const whole = await usedFolder();
  /** @type {Record<string, (file: string) => void>} */
  const ways = {
    removed: (file) => rmSync(file),
    emptied: (file) => truncateSync(file, 0),
    cut: (file) => truncateSync(file, 5),
  };
  for (const name of ['journal.db', 'journal.key', 'tokens.key', 'braze.key', 'deployments.json']) {
    for (const [how, spoil] of Object.entries(ways)) {
      if (name === 'journal.db' && how === 'cut') continue;  // what SQLite says of it: storage's tests
      const data = join(temporaryFolder(), 'data');
      cpSync(whole, data, {recursive: true});
      spoil(join(data, name));
      const refused = await tryToServe(data);
      assert.equal(refused.code, 1, `${name} ${how}: ${refused.stderr}`);
      assert.ok(refused.stderr.includes(join(data, name)), refused.stderr);
      assert.ok(refused.stderr.includes(`--make-anew ${name}`), refused.stderr);
      if (name === 'deployments.json' && how !== 'removed') rmSync(join(data, name));
      const server = await Server.start({data, more: ['--make-anew', name]});
      await new RestTalker(server.ready.base_url, randomUUID()).say('hi');
      await server.stop();
      await (await Server.start({data})).stop();
    }
  }
});

test('a key that others may read is refused with the command that mends it', async () => {
  const data = await usedFolder();
  for (const name of ['journal.key', 'tokens.key', 'braze.key']) {
    chmodSync(join(data, name), 0o644);
    const refused = await tryToServe(data);
    assert.equal(refused.code, 1);
    assert.ok(refused.stderr.includes(`chmod 600 ${join(data, name)}`), refused.stderr);
    chmodSync(join(data, name), 0o600);
  }
  await (await Server.start({data})).stop();
});

test('traces that are damaged are begun anew, with a word, and stop nothing', async () => {
  const data = await usedFolder();
  writeFileSync(join(data, 'traces.db'), 'this is no database'.repeat(500));
  rmSync(join(data, 'traces.db-wal'), {force: true});
  const server = await Server.start({data});
  assert.match(server.stderr(), /traces.*traces\.db\.damaged/);
  await new RestTalker(server.ready.base_url, randomUUID()).say('hi');
  await server.stop();
  assert.match(readFileSync(join(data, 'traces.db.damaged-1'), 'utf8'), /no database/);
});

test('every file of the data folder is its owner\'s alone', async () => {
  const data = join(temporaryFolder(), 'data');
  process.umask(0o022);
  await run(['deploy', kSolution, '--data', data]);
  const server = await Server.start({data});
  await new RestTalker(server.ready.base_url, randomUUID()).say('hi');
  let seen = 0;
  for (const name of ['.', ...readdirSync(data, {recursive: true, encoding: 'utf8'})]) {
    const about = statSync(join(data, name));
    assert.equal(about.mode & 0o077, 0, `${name} is ${(about.mode & 0o777).toString(8)}`);
    ++seen;
  }
  assert.ok(seen > 20);
  await server.stop();
});
