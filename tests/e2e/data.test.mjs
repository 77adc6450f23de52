// A data folder as its operator meets it: copied while people talk, restored by starting from the
// copy, and a person taken out of it to the last byte.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {answersOf, kAsks, newPerson, setFaults} from './support/people.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kSignup = join(kRepository, 'examples/signup');

/**
 * Every file in the folder, with all that it holds.
 * @param {string} folder
 * @returns {{name: string, bytes: Buffer}[]}
 */
function filesIn(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const name = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(name);
    return [{name, bytes: readFileSync(name)}];
  });
}

/** @param {string} folder @param {string} words */
const holds = (folder, words) => filesIn(folder)
  .filter(({bytes}) => bytes.includes(words)).map(({name}) => name);

/** @param {string} text */
const linesOf = (text) => text.trim().split('\n').map((line) => JSON.parse(line));

/**
 * Makes what one person said decades old.
 * @param {string} folder @param {string} consumer
 */
async function makeOld(folder, consumer) {
  const aged = await run(['-c', `
import sqlite3, sys
journal = sqlite3.connect(sys.argv[1])
who = [bytes.fromhex(sys.argv[2].replace('-', ''))]
journal.execute('''UPDATE turns SET body = CAST(replace(CAST(body AS TEXT), '"at":1', '"at":')
  AS BLOB) WHERE consumer = ?''', who)
journal.execute('UPDATE chats SET last_at = last_at - 1000000000000 WHERE consumer = ?', who)
journal.commit()
journal.close()`, join(folder, 'journal.db'), consumer], 'python3');
  assert.equal(aged.code, 0, aged.stderr);
}

describe('The data folder', () => {
  const home = temporaryFolder();
  const data = join(home, 'data');
  const copy = join(home, 'copy');
  const ada = newPerson({first: 'Adalbertina', city: 'Hyperborea'});
  const bob = newPerson({first: 'Bobadillo', city: 'Thule'});
  const [adaName, bobName] = [`ada-${randomUUID()}`, `bob-${randomUUID()}`];
  /** @type {Server} */
  let server;
  /** @type {RestTalker} */
  let bobTalk;

  before(async () => {
    server = await Server.start({data});
    const adaTalk = new RestTalker(server.ready.base_url, adaName);
    await adaTalk.say('hi');
    for (const answer of answersOf(ada)) await adaTalk.say(answer);
    bobTalk = new RestTalker(server.ready.base_url, bobName);
    await bobTalk.say('hi');
    for (const answer of answersOf(bob).slice(0, 3)) await bobTalk.say(answer);
  });
  after(() => server.kill());

  test('is copied under talk, and the copy is a server where all goes on', async () => {
    let talking = true;
    let turns = 0;
    const talk = (async () => {
      const talker = new RestTalker(server.ready.base_url, randomUUID());
      for (; talking; ++turns) await talker.say('hi');
    })();
    await until('talk', () => turns > 5);
    const backup = await run(['backup', '--data', data, '--to', copy]);
    const during = turns;
    talking = false;
    await talk;
    assert.equal(backup.code, 0, backup.stderr + backup.stdout);
    assert.match(backup.stdout, /read back, all right/);
    assert.match(backup.stdout, /left out: braze\.db/);
    assert.ok(during > 5);
    assert.equal(statSync(copy).mode & 0o777, 0o700);
    for (const name of ['journal.db', 'tokens.key', 'deployments.json']) {
      assert.equal(statSync(join(copy, name)).mode & 0o777, 0o600, name);
    }
    const verified = await run(['verify', '--data', copy]);
    assert.equal(verified.code, 0, verified.stdout);
    const anew = join(home, 'anew');
    const made = await run(['restore', '--from', copy, '--data', anew]);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /read back, all right/);
    for (const name of readdirSync(anew).filter((file) => statSync(join(anew, file)).isFile())) {
      assert.equal(statSync(join(anew, name)).mode & 0o777, 0o600, name);
    }
    const twice = await run(['restore', '--from', copy, '--data', anew]);
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /is there, and is not an empty folder/);
    const inside = await run(['restore', '--from', copy, '--data', join(copy, 'in')]);
    assert.equal(inside.code, 2);
    const nothing = await run(['restore', '--from', home, '--data', join(home, 'none')]);
    assert.match(nothing.stderr, /is no copy of a data folder/);
    const restored = await Server.start({data: anew, solutions: []});
    try {
      // The fourth answer: bob's chat is where it was.
      const moved = new RestTalker(restored.ready.base_url, bobName);
      assert.match(textOf(await moved.say(bob.born, 'after')), kAsks.city);
    } finally {
      await restored.stop();
    }
  });

  test('is not copied over something, nor into itself', async () => {
    const full = join(home, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'mine'), 'x');
    for (const to of [full, copy, join(data, 'backup')]) {
      const refused = await run(['backup', '--data', data, '--to', to]);
      assert.equal(refused.code, 2, to);
    }
    assert.deepEqual(readdirSync(full), ['mine']);
  });

  test('tells what it has of one person', async () => {
    const told = await run(['export', '--sender', adaName, '--data', data]);
    assert.equal(told.code, 0, told.stderr);
    const lines = linesOf(told.stdout);
    const said = lines.filter(({kind}) => kind === 'turn').flatMap(({messages}) => messages)
      .filter(({from}) => from === 'consumer').map(({text}) => text);
    for (const answer of answersOf(ada)) assert.ok(said.includes(answer), answer);
    assert.ok(lines.some(({kind}) => kind === 'chat'));
    assert.ok(!told.stdout.includes(bob.first));
    const nobody = await run(['export', '--sender', 'nobody', '--data', data]);
    assert.equal(nobody.code, 1, nobody.stderr);
  });

  test('forgets nobody while a server has it', async () => {
    const refused = await run(['forget', '--sender', adaName, '--data', data]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /another millrace is using this data folder/);
  });

  test('forgets one to the last byte, and leaves others as they were', async () => {
    const exported = linesOf((await run(['export', '--sender', adaName, '--data', data])).stdout);
    const {chat, consumer} = exported.find(({kind}) => kind === 'chat');
    const bobs = (await run(['export', '--sender', bobName, '--data', data])).stdout;
    await server.stop();
    const theirs = [ada.first, ada.email, ada.city, chat, consumer, adaName];
    assert.notDeepEqual(holds(data, ada.first), []);
    const traced = await run(['trace', chat, '--data', data]);
    assert.equal(traced.code, 0, 'her call was traced');

    const dry = await run(['forget', chat, '--data', data, '--dry-run']);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /would go: 1 people, 1 chats/);
    assert.notDeepEqual(holds(data, ada.first), []);

    const done = await run(['forget', chat, '--data', data]);
    assert.equal(done.code, 0, done.stderr);
    assert.doesNotMatch(done.stdout, /not touched/);
    for (const words of theirs) assert.deepEqual(holds(data, words), [], words);
    const again = await run(['forget', '--sender', adaName, '--data', data]);
    assert.equal(again.code, 1, 'nothing is kept of her');

    assert.equal((await run(['export', '--sender', bobName, '--data', data])).stdout, bobs);
    const bobsChat = linesOf(bobs).find(({kind}) => kind === 'chat').chat;
    const replayed = await run(['replay', bobsChat, '--data', data]);
    assert.equal(replayed.code, 0, replayed.stderr);
    assert.equal((await run(['verify', '--data', data])).code, 0);

    server = await Server.start({data});
    bobTalk.baseUrl = server.ready.base_url;
    assert.match(textOf(await bobTalk.say(bob.born)), kAsks.city);
    const back = new RestTalker(server.ready.base_url, adaName);
    assert.match(textOf(await back.say('hi', 'anew')), kAsks.first);
  });

  test('forgets the old, not the young', async () => {
    await server.stop();
    const all = ['forget', '--older-than', '1', '--data', data];
    const none = await run(all);
    assert.equal(none.code, 0, none.stderr);
    assert.match(none.stdout, /forgotten: 0 people/);
    assert.notDeepEqual(holds(data, bob.first), []);
    const exported = linesOf((await run(['export', '--sender', bobName, '--data', data])).stdout);
    await makeOld(data, exported.find(({kind}) => kind === 'chat').consumer);
    const done = await run(all);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /forgotten: 1 people/);
    assert.deepEqual(holds(data, bob.first), []);
    const other = await run(['export', '--sender', adaName, '--data', data]);
    assert.equal(other.code, 0, 'she came back today');
    server = await Server.start({data});
  });

  test('forgets nobody about whom something is owed, unless told to', async () => {
    const owing = join(home, 'owing');
    const signup = await Server.start({data: owing, solutions: [kSignup]});
    await setFaults(signup.ready, {mode: 'refuse', status: 503, path: ''});
    const eve = newPerson({first: 'Evangelina'});
    const name = `eve-${randomUUID()}`;
    const talk = new RestTalker(signup.ready.base_url, name);
    await talk.say('hi');
    for (const answer of answersOf(eve)) await talk.say(answer);
    await signup.stop();
    const refused = await run(['forget', '--sender', name, '--data', owing]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /1 deliveries about this person wait or are held/);
    assert.notDeepEqual(holds(owing, eve.email), []);
    const told = await run(['forget', '--sender', name, '--data', owing, '--drop-owed']);
    assert.equal(told.code, 0, told.stderr);
    for (const words of [eve.email, eve.first, name]) assert.deepEqual(holds(owing, words), []);
    writeFileSync(join(owing, 'traces.db.damaged-1'), 'x');
    const aside = await run(['forget', '--sender', name, '--data', owing]);
    assert.equal(aside.code, 2);
    assert.match(aside.stderr, /was put aside as damaged/);
  });
});
