// What a flow owes Braze without any Python: BrazeTrack of examples/signup against the built-in
// sandbox; Braze away, the server killed, and nothing lost or sent twice.

import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {answersOf, exportProfile, newPerson, setFaults} from './support/people.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kSignup = join(kRepository, 'examples/signup');

describe('what a flow owes Braze', () => {
  const data = join(temporaryFolder(), 'data');
  /** @type {Server} */
  let server;
  let people = 0;

  before(async () => {
    server = await Server.start({data, solutions: [kSignup], logLevel: 'debug'});
  });
  after(() => server.stop());

  /** Six answers; gives the person and what the bot said last. */
  const signUp = async () => {
    const person = newPerson();
    const talker = new RestTalker(server.ready.base_url, `signup-${++people}`);
    let said = await talker.say('hi');
    for (const answer of answersOf(person)) said = await talker.say(answer);
    return {person, last: textOf(said)};
  };
  /** @param {ReturnType<typeof newPerson>} person */
  const profileOf = (person) =>
    exportProfile(server.ready, {email_address: person.email.toLowerCase()});
  test('arrives before the flow says so', async () => {
    const {person, last} = await signUp();
    assert.match(last, /your profile is set up/);
    const profile = await profileOf(person);
    assert.equal(profile.first_name, person.first);
    assert.equal(profile.home_city, person.city);
    assert.equal(profile.custom_attributes.operating_system, person.system);
    assert.deepEqual(profile.custom_events.map((/** @type {any} */ {name, count}) => [name, count]),
      [['signed_up', 1]]);
  });

  test('waits while Braze is away, outlives a kill, and arrives once', async () => {
    await setFaults(server.ready, {mode: 'refuse', status: 503, path: ''});
    const {person, last} = await signUp();
    assert.match(last, /in a moment/);
    await server.kill();
    server = await Server.start({
      data, solutions: [kSignup], ports: server.ports, logLevel: 'debug',
    });
    const profile = await until('the profile', () => profileOf(person), 60_000);
    assert.equal(profile.custom_events[0].count, 1);
    const listed = await run(['deliveries', 'list', '--data', data, '--json']);
    assert.equal(listed.code, 0, listed.stderr);
    assert.ok(!listed.stdout.includes(person.email), 'addresses are not shown');
  });

  test('stops at a refused key and goes on once it is mended', async () => {
    await setFaults(server.ready, {mode: 'refuse', status: 401, path: '/users/track'});
    const {person, last} = await signUp();
    assert.match(last, /did not work/);
    await setFaults(server.ready, {mode: 'none'});
    const retried = await run(['deliveries', 'retry', '--data', data, '--state', 'waiting']);
    assert.equal(retried.code, 0, retried.stderr);
    await until('the profile', () => profileOf(person), 60_000);
    assert.ok(!server.stderr().includes(server.ready.braze_api_key), 'the key is in the log');
    assert.ok(!server.stderr().includes(person.email), 'an address is in the log');
  });
});
