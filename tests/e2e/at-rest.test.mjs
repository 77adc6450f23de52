// Encryption at rest as its operator meets it: people talk, the server is killed, and no byte of
// what they said is in any file of the data folder; the same talk without a key leaves it in most.

import assert from 'node:assert/strict';
import {randomBytes, randomUUID} from 'node:crypto';
import {chmodSync, existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync}
  from 'node:fs';
import {basename, join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {answersOf, assertProfile, kAsks, newPerson, setFaults} from './support/people.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kRepository, kSolution, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kSignup = join(kRepository, 'examples/signup');
const kVariable = 'MILLRACE_ENCRYPT_AT_REST';

/**
 * Names of the files in the folder, or below it, that have these words in them.
 * @param {string} folder @param {string} words
 * @returns {string[]}
 */
function holding(folder, words) {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((name) => join(folder, name))
    .filter((name) => statSync(name).isFile() && readFileSync(name).includes(words))
    .map((name) => basename(name).replace(/-wal$/, ''));
}

/** @param {import('./support/people.mjs').Person} person @param {string} sender */
const wordsOf = (person, sender) => [person.first, person.last, person.city,
  person.email.split('@')[0], person.email.split('@')[0].toLowerCase(), sender];

const stranger = () => newPerson({
  first: `Adal${randomBytes(5).toString('hex')}`, last: `Love${randomBytes(5).toString('hex')}`,
  city: `Hyper${randomBytes(5).toString('hex')}`,
});

/**
 * Somebody's whole talk; the profile arrives in the sandbox unless Braze is to refuse.
 * @param {Server} server
 */
async function talkThrough(server, person = stranger()) {
  const talk = new RestTalker(server.ready.base_url, `sender-${randomUUID()}`);
  await talk.say('hi');
  for (const answer of answersOf(person)) await talk.say(answer);
  return {person, sender: talk.sender};
}

/** @param {string} data @param {Record<string, string>} env */
async function story(data, env) {
  const people = [];
  // Python, with traces.
  let server = await Server.start({data, env, solutions: [kSolution]});
  people.push(await talkThrough(server));
  await assertProfile(server.ready, people[0].person);
  await server.kill();
  // The log that a kill leaves is read by the next start.
  server = await Server.start({data, env, solutions: [kSolution]});
  await assertProfile(server.ready, people[0].person);
  people.push(await talkThrough(server));
  await server.stop();
  // Deliveries, of which one arrives and one waits.
  const owing = `${data}-owing`;
  server = await Server.start({data: owing, env, solutions: [kSignup]});
  const arrived = await talkThrough(server);
  await until('the profile', () => assertProfile(server.ready, arrived.person)
    .then(() => true, () => false));
  await setFaults(server.ready, {mode: 'refuse', status: 503, path: ''});
  const waiting = await talkThrough(server);
  await server.kill();
  return {people, owed: [arrived, waiting], owing};
}

describe('A data folder that is encrypted at rest', () => {
  const home = temporaryFolder();
  const key = join(home, 'data.key');
  const data = join(home, 'data');
  const withKey = {[kVariable]: key};
  /** @type {Awaited<ReturnType<typeof story>>} */
  let told;

  before(async () => {
    const made = await run(['data-key', key]);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    told = await story(data, withKey);
  });

  test('has no word of anybody in any file, after a stop and after a kill', () => {
    const {people, owed, owing} = told;
    for (const {person, sender} of people) {
      for (const words of wordsOf(person, sender)) {
        assert.deepEqual(holding(data, words), [], words);
      }
    }
    for (const {person, sender} of owed) {
      for (const words of wordsOf(person, sender)) {
        assert.deepEqual(holding(owing, words), [], words);
      }
    }
    // Nor what the bot said, nor how the tables are called.
    for (const words of ['first name', 'CREATE TABLE', 'SQLite format']) {
      assert.deepEqual(holding(owing, words)
        .filter((name) => !/\.(csv|yaml|py|md)$/.test(name)), [], words);
    }
  });

  test('would have had them everywhere without the key', async () => {
    const clear = join(home, 'clear');
    // The second one's server was stopped: the trace of a call is written soon, not at once.
    const {people: [, {person}], owed: [, waiting], owing} = await story(clear, {});
    const found = new Set(
      [...holding(clear, person.first), ...holding(owing, waiting.person.first)]);
    assert.ok(found.has('journal.db'), 'journal');
    assert.ok([...found].some((name) => name === 'braze.db' || name.endsWith('.log')), 'profiles');
    // Traces say what was called, and name the tables they stand in.
    assert.ok(holding(clear, 'CREATE TABLE').includes('traces.db'), 'traces');
  });

  test('opens with its key alone', async () => {
    const other = join(home, 'other.key');
    writeFileSync(other, randomBytes(32).toString('base64'), {mode: 0o600});
    const commands = [['chats'], ['verify'], ['export', '--sender', told.people[0].sender],
      ['deliveries', 'list'], ['actions', 'list'], ['rebuild'], ['versions']];
    for (const command of commands) {
      const without = await run([...command, '--data', data]);
      assert.equal(without.code, 2, command.join(' '));
      assert.match(without.stderr, /is encrypted at rest, and its key was not given/);
      const wrong = await run([...command, '--data', data, '--encrypt-at-rest', other]);
      assert.equal(wrong.code, 2, command.join(' '));
      assert.match(wrong.stderr, /not the key under which this data folder is encrypted/);
      const right = await run([...command, '--data', data, '--encrypt-at-rest', key]);
      assert.equal(right.code, 0, `${command.join(' ')}: ${right.stderr}`);
      assert.equal((await run([...command, '--data', data], undefined, withKey)).code, 0);
    }
    await assert.rejects(Server.start({data, solutions: []}), /its key was not given/);
    chmodSync(other, 0o644);
    const open = await run(['chats', '--data', data, '--encrypt-at-rest', other]);
    assert.equal(open.code, 2);
    assert.match(open.stderr, /other/);
    const inside = join(data, 'a.key');
    assert.equal((await run(['data-key', inside])).code, 0);
    const refused = await run(['chats', '--data', data, '--encrypt-at-rest', inside]);
    assert.match(refused.stderr, /must not lie in the data folder/);
  });

  test('is read by every command', async () => {
    const {person, sender} = told.people[1];
    const exported = await run(['export', '--sender', sender, '--data', data], undefined, withKey);
    assert.ok(exported.stdout.includes(person.first));
    const {chat} = exported.stdout.trim().split('\n').map((line) => JSON.parse(line))
      .find(({kind}) => kind === 'chat');
    for (const command of [['trace', chat], ['replay', chat],
      ['test', kSolution, '--from-chat', chat], ['impact', kSolution]]) {
      const done = await run([...command, '--data', data], undefined, withKey);
      assert.equal(done.code, 0, `${command.join(' ')}: ${done.stderr}`);
    }
    const waiting = await run(['deliveries', 'list', '--state', 'waiting', '--data', told.owing],
      undefined, withKey);
    assert.match(waiting.stdout, /waiting .*SignUp/);
  });

  test('is copied encrypted, and the copy is restored with the same key', async () => {
    const [copy, anew] = [join(home, 'copy'), join(home, 'anew')];
    assert.equal((await run(['backup', '--data', data, '--to', copy])).code, 2);
    assert.ok(!existsSync(copy));
    const copied = await run(['backup', '--data', data, '--to', copy], undefined, withKey);
    assert.equal(copied.code, 0, copied.stderr + copied.stdout);
    assert.equal((await run(['restore', '--from', copy, '--data', anew])).code, 2);
    const restored = await run(['restore', '--from', copy, '--data', anew], undefined, withKey);
    assert.equal(restored.code, 0, restored.stderr + restored.stdout);
    const {person, sender} = told.people[1];
    for (const words of wordsOf(person, sender)) {
      assert.deepEqual([...holding(copy, words), ...holding(anew, words)], []);
    }
    const server = await Server.start({data: anew, env: withKey, solutions: []});
    try {
      await talkThrough(server);
    } finally {
      await server.stop();
    }
  });

  test('forgets a person', async () => {
    const {sender} = told.people[1];
    const forgotten = await run(['forget', '--sender', sender, '--data', data], undefined, withKey);
    assert.equal(forgotten.code, 0, forgotten.stderr);
    const none = await run(['export', '--sender', sender, '--data', data], undefined, withKey);
    assert.equal(none.code, 1);
    const verified = await run(['verify', '--data', data], undefined, withKey);
    assert.equal(verified.code, 0, verified.stdout);
  });

  test('says what is damaged instead of reading it', async () => {
    const journal = join(data, 'journal.db');
    const whole = readFileSync(journal);
    const damaged = Buffer.from(whole);
    damaged[3 * 4096 + 100] ^= 1;
    writeFileSync(journal, damaged);
    try {
      const verified = await run(['verify', '--data', data], undefined, withKey);
      assert.equal(verified.code, 1);
      assert.match(verified.stdout, /cannot be decrypted: it is damaged/);
    } finally {
      writeFileSync(journal, whole);
    }
  });
});

describe('A data folder that was kept in the clear', () => {
  const home = temporaryFolder();
  const key = join(home, 'data.key');
  const data = join(home, 'data');
  /** @type {Awaited<ReturnType<typeof talkThrough>>} */
  let told;
  /** @type {Server} */
  let server;

  before(async () => {
    assert.equal((await run(['data-key', key])).code, 0);
    server = await Server.start({data});
    told = await talkThrough(server);
  });
  after(() => server.kill());

  test('is not served with a key before it was converted, nor converted while it is served',
    async () => {
      const busy = await run(['encrypt', '--data', data, '--key', key]);
      assert.equal(busy.code, 2);
      assert.match(busy.stderr, /another millrace is using this data folder/);
      await server.kill();
      await assert.rejects(Server.start({data, more: ['--encrypt-at-rest', key]}),
        /is not encrypted; stop the server and run `millrace encrypt/);
    });

  test('is encrypted, and all goes on', async () => {
    assert.notDeepEqual(holding(data, told.person.first), []);
    const done = await run(['encrypt', '--data', data, '--key', key]);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /encrypted: .*journal\.db .*traces\.db/);
    for (const words of wordsOf(told.person, told.sender)) {
      assert.deepEqual(holding(data, words), [], words);
    }
    // In another place, as it would be found by a process that has it from elsewhere.
    const moved = join(home, 'moved');
    renameSync(data, moved);
    const more = ['--encrypt-at-rest', key];
    server = await Server.start({data: moved, solutions: [], more});
    await assertProfile(server.ready, told.person);
    const again = new RestTalker(server.ready.base_url, told.sender);
    assert.match(textOf(await again.say('hi', 'anew')), kAsks.first);
    await server.kill();
    assert.deepEqual(holding(moved, told.person.first), []);
    renameSync(moved, data);
  });

  test('and is decrypted again', async () => {
    const done = await run(['decrypt', '--data', data, '--key', key]);
    assert.equal(done.code, 0, done.stderr);
    assert.notDeepEqual(holding(data, told.person.first), []);
    server = await Server.start({data, solutions: []});
    await assertProfile(server.ready, told.person);
  });
});
