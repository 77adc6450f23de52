// The server is killed again and again while events come in. Whoever was answered with 200 finds
// all of their events afterwards, each once, though everybody sends again what was not answered.
//
// MILLRACE_KILLS says how often (10), MILLRACE_SEED which moments; the seed is printed.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as moment} from 'node:timers/promises';

import {writeEcho} from './support/echo.mjs';
import {listEvents} from './support/events.mjs';
import {temporaryFolder} from './support/server.mjs';
import {Site, answerOf, patiently, randomFrom} from './support/site.mjs';

const kKills = Number(process.env.MILLRACE_KILLS ?? 10);
const kSeed = Number(process.env.MILLRACE_SEED ?? Date.now() % 2 ** 31);
const kLongestLifeMs = 400;
const kSenders = 4;

test(`Events: ${kKills} kills lose nothing and double nothing`, async (t) => {
  t.diagnostic(`MILLRACE_SEED=${kSeed}`);
  const random = randomFrom(kSeed);
  const data = temporaryFolder();
  const site = await Site.open(data, [writeEcho('sources: {server: {write_key: server_key_1}}')]);
  let isOver = false;
  /** @type {string[]} */
  const acknowledged = [];

  /** Sends batch after batch, each until it is answered. @param {number} sender */
  const send = async (sender) => {
    for (let number = 0; !isOver; ++number) {
      const ids = Array.from({length: 1 + (number % 40)}, (_, at) => `${sender}-${number}-${at}`);
      const batch = ids.map((messageId) => ({type: 'track', event: 'e', userId: 'u', messageId}));
      const body = JSON.stringify({batch, writeKey: 'server_key_1'});
      const {status} = await patiently(site, `the answer to batch ${ids[0]}`, () =>
        answerOf(fetch(`${site.ready.base_url}/v1/batch`, {method: 'POST', body})),
      );
      assert.equal(status, 200);
      acknowledged.push(...ids);
    }
  };
  const senders = Array.from({length: kSenders}, (_, at) => send(at));
  for (let kills = 0; kills < kKills; ++kills) {
    // Not a wait for anything: the moment of the crash, which the seed chooses.
    await moment(random() * kLongestLifeMs);
    await site.crash();
  }
  isOver = true;
  await Promise.all(senders);

  const kept = (await listEvents(data)).map(({id}) => id);
  assert.equal(new Set(kept).size, kept.length, 'an event that is kept twice');
  const all = new Set(kept);
  assert.deepEqual(
    acknowledged.filter((id) => !all.has(id)),
    [],
    'acknowledged, and not kept',
  );
  assert.ok(acknowledged.length > kKills, `${acknowledged.length} acknowledged`);
  t.diagnostic(`${acknowledged.length} events acknowledged, ${kept.length} kept`);
  await site.server.stop();
});
