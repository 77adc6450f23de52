// The example that everybody plays, when Braze does not say whether it has taken what it was sent.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {answersOf, assertProfile, newPerson, setFaults} from './support/people.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

describe('The example', () => {
  /** @type {Server} */
  let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder()});
  });
  after(() => server?.stop());

  for (const [name, faults] of /** @type {[string, object][]} */ ([
    ['answers too late', {mode: 'delay', delay_ms: 6_000}],
    ['breaks off', {mode: 'drop'}],
  ])) {
    test(`makes one event when Braze ${name} and it is tried again`, async () => {
      const person = newPerson();
      const talker = new RestTalker(server.ready.base_url, person.email);
      await talker.say('hi');
      const answers = answersOf(person);
      for (const answer of answers.slice(0, -1)) await talker.say(answer);
      await setFaults(server.ready, faults);
      const said = textOf(await talker.say(answers[5]));
      assert.match(said, /cannot tell whether your profile was saved/);
      await setFaults(server.ready, {mode: 'none'});
      assert.match(textOf(await talker.say('Try again')), /Thanks Ada/);
      await assertProfile(server.ready, person);
    });
  }
});
