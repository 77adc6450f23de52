// The server is killed again and again while events come in. Whoever was answered with 200 finds
// all of their events afterwards, each once, though everybody sends again what was not answered.
//
// MILLRACE_KILLS says how often (10), MILLRACE_SEED which moments; the seed is printed.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as moment} from 'node:timers/promises';

import {writeEcho} from './support/echo.mjs';
import {listEvents} from './support/events.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {randomFrom} from './support/site.mjs';

const kKills = Number(process.env.MILLRACE_KILLS ?? 10);
const kSeed = Number(process.env.MILLRACE_SEED ?? Date.now() % 2 ** 31);
const kLongestLifeMs = 400;
const kSenders = 4;

test(`Events: ${kKills} kills lose nothing and double nothing`, async (t) => {
  t.diagnostic(`MILLRACE_SEED=${kSeed}`);
  const random = randomFrom(kSeed);
  const data = temporaryFolder();
  const solutions = [writeEcho('sources: {server: {write_key: server_key_1}}')];
  let server = await Server.start({data, solutions});
  const {ports} = server;
  let isOver = false;
  /** @type {string[]} */
  const acknowledged = [];

  /** Sends batch after batch, each until it is answered. @param {number} sender */
  const send = async (sender) => {
    for (let number = 0; !isOver; ++number) {
      const ids = Array.from({length: 1 + (number % 40)}, (_, at) => `${sender}-${number}-${at}`);
      const batch = ids.map((messageId) => ({type: 'track', event: 'e', userId: 'u', messageId}));
      const body = JSON.stringify({batch, writeKey: 'server_key_1'});
      for (let isAnswered = false; !isAnswered && !isOver;) {
        try {
          const response = await fetch(`${server.ready.base_url}/v1/batch`, {method: 'POST', body});
          isAnswered = response.status === 200;
        } catch {
          await moment(5); // it is away
        }
        if (isAnswered) acknowledged.push(...ids);
      }
    }
  };
  const senders = Array.from({length: kSenders}, (_, at) => send(at));
  for (let kills = 0; kills < kKills; ++kills) {
    // Not a wait for anything: the moment of the crash, which the seed chooses.
    await moment(random() * kLongestLifeMs);
    await server.kill();
    server = await Server.start({data, solutions, ports});
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
  await server.stop();
});
