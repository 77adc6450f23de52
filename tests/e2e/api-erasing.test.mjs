// Somebody who asked to be forgotten, erased by the operator's API while the server runs: all their
// ids, their profile in the Braze sandbox, and every byte of it.

import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {Api, firstOwner, signupAs, talk} from './support/operators.mjs';
import {answersOf, newPerson, setFaults} from './support/people.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

/** The files of a folder in which these words are. @param {string} folder @param {string} words */
const holds = (folder, words) =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((name) => readFileSync(name).includes(words));

describe('erasing a person', () => {
  const data = join(temporaryFolder(), 'data');
  const gone = newPerson({first: 'Ludovica', last: 'Quarantotti', city: 'Hyperborea'});
  const stays = newPerson({first: 'Bobadillo'});
  /** @type {Server} */ let server;
  /** @type {import('./support/operators.mjs').Client} */ let owner;

  before(async () => {
    server = await Server.start({data, solutions: [signupAs('Signup')]});
    const {api_url: url, owner_link: link} = /** @type {any} */ (server.ready);
    owner = await firstOwner(await Api.of(url), link);
  });
  after(() => server.stop());

  const app = () => server.ready.solutions[0].app_id;
  /** @param {string} one @param {string} other */
  const joinBoth = async (one, other) => {
    const answer = await fetch(`${server.ready.base_url}/webhooks/rest/join`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({one: {sender: one}, other: {sender: other}, app_id: app()}),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()).consumer;
  };
  /** @param {string} consumer */
  const erased = (consumer) =>
    until('the erasure', async () => {
      const answered = await owner.ask('erasePerson', {values: {consumer}});
      return answered.status === 200 && answered.body;
    });
  /** Profiles that the sandbox shows for a word. @param {string} word */
  const profilesOf = async (word) => {
    const answer = await fetch(
      `${server.ready.braze_sandbox_url}/_sandbox/profiles?search=${encodeURIComponent(word)}`,
    );
    return (await answer.json()).profiles;
  };

  test('takes all ids, joins and profile, to the last byte, and nothing of others', async () => {
    await talk(server.ready, 'Signup', 'at-home', ['hi', ...answersOf(gone)]);
    await talk(server.ready, 'Signup', 'on-the-way', ['hi', 'Ludovica']);
    await talk(server.ready, 'Signup', 'somebody', ['hi', ...answersOf(stays)]);
    const consumer = await joinBoth('at-home', 'on-the-way');
    const ids = (await owner.all('listChats')).map((chat) => chat.consumer);
    assert.ok(ids.includes(consumer));
    await until('both profiles', async () => {
      const both = [await profilesOf(gone.email), await profilesOf(stays.email)];
      return both.every((profiles) => profiles.length === 1);
    });
    // Whatever Braze is rehearsed to answer: this is no request of its API.
    await setFaults(server.ready, {mode: 'refuse', status: 503, path: ''});

    const receipt = await erased(consumer);
    assert.equal(receipt.consumers, 2);
    assert.equal(receipt.complete, true);
    assert.deepEqual(receipt.left, ['rows of the audit log that name their id']);
    assert.deepEqual(await profilesOf(gone.email), []);
    assert.equal((await profilesOf(stays.email)).length, 1);
    assert.equal((await owner.ask('erasePerson', {values: {consumer}})).status, 404);

    await talk(server.ready, 'Signup', 'at-home', ['hi']);
    await talk(server.ready, 'Signup', 'on-the-way', ['hi']);
    const anew = await until('new chats', async () => {
      const chats = (await owner.all('listChats')).filter(({turns}) => turns === 1);
      return chats.length === 2 && chats;
    });
    assert.notEqual(anew[0].consumer, anew[1].consumer, 'they are nobody else any more');

    await server.stop();
    for (const words of [gone.email, gone.last, gone.city, 'Ludovica']) {
      assert.deepEqual(holds(data, words), [], words);
    }
    assert.notDeepEqual(holds(data, stays.email), []);
    const exported = await run(['export', '--sender', 'at-home', '--data', data]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.doesNotMatch(exported.stdout, /"joined"/);
  });
});
