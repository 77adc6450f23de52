// What must never happen, tried: several people talk over REST and over sockets while the server is
// killed again and again at random moments. Everyone resends what was not acknowledged, under the
// same id. Afterwards nothing acknowledged may be missing or doubled, nobody may be stuck, and
// Braze may not have been told anything twice.
//
// MILLRACE_KILLS says how often (20), MILLRACE_SEED which moments; the seed is printed.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {test} from 'node:test';
import {setTimeout as moment} from 'node:timers/promises';

import {call, messageBody, readSnapshot, requestSession, startBody} from './support/engagement.mjs';
import {Line} from './support/line.mjs';
import {answersOf, exportProfile, kAsks, kAsksInOrder, newPerson} from './support/people.mjs';
import {post, textOf} from './support/rest.mjs';
import {temporaryFolder} from './support/server.mjs';
import {Broken, Site, answerOf, patiently, randomFrom} from './support/site.mjs';

/**
 * @typedef {import('./support/people.mjs').Person} Person
 * @typedef {import('./support/engagement.mjs').Message} Message
 * @typedef {import('./support/engagement.mjs').Session} Session
 * @typedef {{id: string, text: string, answer: import('./support/rest.mjs').Said[]}} RestTurn
 * @typedef {{id: string, text: string, receipt: {id: string, seq_num: number}}} SocketTurn
 * @typedef {{person: Person, sender: string, turns: RestTurn[]}} RestTalk
 * @typedef {{person: Person, session: Session, turns: SocketTurn[]}} SocketTalk
 */

const kKills = Number(process.env.MILLRACE_KILLS ?? 20);
const kSeed = Number(process.env.MILLRACE_SEED ?? Date.now() % 2 ** 31);
const kTalkersOfEachKind = 3;
const kLongestLifeMs = 500;
// Now and then a life is long enough for an action, however busy the machine is: an answer that
// needs one would never come otherwise.
const kLongLifeEvery = 10;
const kLongLifeMs = 5_000;
const kTriesMax = 200;

/**
 * A whole conversation over REST, whatever happens to the server meanwhile.
 * @param {Site} site
 * @returns {Promise<RestTalk>}
 */
async function talkOverRest(site) {
  const person = newPerson();
  const sender = randomUUID();
  /** @type {RestTurn[]} */
  const turns = [];
  const say = async (/** @type {string} */ text) => {
    const id = `${sender}-${turns.length}`;
    const {status, body} = await patiently(site, `the answer to ${text}`, () =>
      answerOf(post(site.ready.base_url, {sender, message: text, message_id: id})));
    assert.equal(status, 200, JSON.stringify(body));
    turns.push({id, text, answer: body});
    return textOf(body);
  };
  let said = await say('hi');
  for (const [at, text] of answersOf(person).entries()) {
    assert.match(said, kAsksInOrder[at], 'the question that is due');
    said = await say(text);
  }
  for (let tries = 0; kAsks.sorry.test(said) && tries < kTriesMax; ++tries) {
    said = await say('Try again');
  }
  assert.match(said, kAsks.thanks);
  return {person, sender, turns};
}

/**
 * A whole conversation over a socket, which is opened again whenever it breaks.
 * @param {Site} site
 * @returns {Promise<SocketTalk>}
 */
async function talkOverSocket(site) {
  const person = newPerson();
  const opened = await patiently(site, 'a session', () => answerOf(requestSession(site.ready)));
  assert.equal(opened.status, 201);
  /** @type {Session} */
  const session = opened.body;
  /** @type {Line | undefined} */
  let line;
  const open = async () => {
    if (!line || line.isBroken) line = await Line.open(site.ready, session);
    return line;
  };
  await patiently(site, 'the start', async () => {
    await open();
    const started = await answerOf(call(site.ready, session, 'start',
      startBody(site.ready, session)));
    assert.ok([202, 409].includes(started.status), `start answered ${started.status}`);
  });
  /** @type {SocketTurn[]} */
  const turns = [];
  const say = async (/** @type {string} */ text) => {
    const id = `${session.chat_id}-${turns.length}`;
    const receipt = await patiently(site, `the receipt for ${text}`, async () =>
      (await open()).push('msg:send', messageBody(session, text, id)));
    assert.equal(receipt.client_msg_id, id);
    turns.push({id, text, receipt});
    return patiently(site, `the answer to ${text}`, async () => {
      const {messages} = await open();
      const answer = [...messages.values()].filter(({from_side, seq_num}) =>
        from_side === 'bot' && seq_num > receipt.seq_num);
      if (answer.length === 0) throw new Broken('not yet');
      return answer.map(({msg}) => msg).join('\n');
    });
  };
  // Whoever speaks first after the start is greeted; a greeting is no name in any case.
  let said = await say('hi');
  for (const [at, text] of answersOf(person).entries()) {
    assert.match(said, kAsksInOrder[at] === kAsks.first ? /first name|Milla/ : kAsksInOrder[at]);
    said = await say(text);
  }
  for (let tries = 0; kAsks.sorry.test(said) && tries < kTriesMax; ++tries) {
    said = await say('Try again');
  }
  assert.match(said, kAsks.thanks);
  line?.close();
  return {person, session, turns};
}

/**
 * The recorded answer again, and no other: so no turn was lost and none is taken twice.
 * @param {Site} site
 * @param {RestTalk} talk
 */
async function assertRestTalk(site, {sender, turns}) {
  for (const {id, text, answer} of turns) {
    const repeat = {sender, message: text, message_id: id};
    const again = await answerOf(post(site.ready.base_url, repeat));
    assert.deepEqual(again, {status: 200, body: answer}, `the answer to ${text} again`);
  }
}

/**
 * @param {Site} site
 * @param {SocketTalk} talk
 */
async function assertSocketTalk(site, {session, turns}) {
  const {history, status} = await readSnapshot(site.ready, session);
  assert.equal(status, 'ended');
  const numbers = history.map(({seq_num}) => seq_num);
  assert.deepEqual(numbers, numbers.map((_, at) => numbers[0] + at), 'numbered without a gap');
  const own = history.filter(({from_side}) => from_side === 'anonymous_consumer');
  assert.deepEqual(
    own.map(({client_msg_id, msg, id, seq_num}) => ({client_msg_id, msg, id, seq_num})),
    turns.map(({id, text, receipt}) =>
      ({client_msg_id: id, msg: text, id: receipt.id, seq_num: receipt.seq_num})),
    'each acknowledged message exactly once, as it was acknowledged');
  for (const question of [kAsks.last, kAsks.born, kAsks.city, kAsks.system, kAsks.thanks]) {
    assert.equal(history.filter(({from_side, msg}) => from_side === 'bot' && question.test(msg))
      .length, 1, `${question} once`);
  }
}

/**
 * Every event that Braze was told of.
 * @param {Site} site
 * @returns {Promise<{properties: {idempotency_key: string}}[]>}
 */
async function readEvents(site) {
  const read = async (/** @type {string} */ path) => {
    const {status, body} = await answerOf(fetch(`${site.ready.braze_sandbox_url}${path}`));
    assert.equal(status, 200, path);
    return body;
  };
  const events = [];
  for (let after = '', isLast = false; !isLast;) {
    const {profiles, next} = await read(`/_sandbox/profiles?limit=100&after=${after}`);
    for (const {braze_id} of profiles) {
      events.push(...(await read(`/_sandbox/profiles/${braze_id}`)).events);
    }
    isLast = !next;
    after = encodeURIComponent(next ?? '');
  }
  return events;
}

/**
 * @param {Site} site
 * @param {(RestTalk | SocketTalk)[]} talks
 */
async function assertBraze(site, talks) {
  const keys = (await readEvents(site)).map(({properties}) => properties.idempotency_key);
  assert.ok(keys.every((key) => typeof key === 'string' && key !== ''), 'each event has its key');
  assert.equal(new Set(keys).size, keys.length, 'no two events with the same key');
  for (const {person, turns} of talks) {
    const profile = await exportProfile(site.ready, {email_address: person.email});
    assert.equal(profile?.home_city, person.city, `the profile of ${person.email}`);
    assert.equal(profile.custom_events.length, 1);
    // A second event is right only where a person was told that the outcome was not known.
    const tries = turns.filter(({text}) => text === 'Try again').length;
    assert.ok(profile.custom_events[0].count <= 1 + tries, 'no event without its reason');
  }
  return keys.length;
}

test(`Crashes: ${kKills} kills lose nothing and double nothing`, async (t) => {
  t.diagnostic(`MILLRACE_SEED=${kSeed}`);
  const random = randomFrom(kSeed);
  const site = await Site.open(temporaryFolder());
  /** @type {{rest: RestTalk[], socket: SocketTalk[]}} */
  const talks = {rest: [], socket: []};
  let isKilling = true;
  const talker = async (/** @type {() => Promise<void>} */ talk) => {
    do await talk(); while (isKilling);
  };
  const talkers = Array.from({length: kTalkersOfEachKind}, () => [
    talker(async () => void talks.rest.push(await talkOverRest(site))),
    talker(async () => void talks.socket.push(await talkOverSocket(site))),
  ]).flat();
  const killer = (async () => {
    try {
      for (let kills = 0; kills < kKills && isKilling; ++kills) {
        // Not a wait for anything: the moment of the crash, which the seed chooses.
        const longest = kills % kLongLifeEvery === 0 ? kLongLifeMs : kLongestLifeMs;
        await moment(random() * longest);
        await site.crash();
      }
    } finally {
      isKilling = false;
    }
  })();
  try {
    await Promise.all([killer, ...talkers]);
  } finally {
    isKilling = false;
    await Promise.allSettled([killer, ...talkers]);
  }

  for (const talk of talks.rest) await assertRestTalk(site, talk);
  for (const talk of talks.socket) await assertSocketTalk(site, talk);
  const events = await assertBraze(site, [...talks.rest, ...talks.socket]);
  const said = [...talks.rest, ...talks.socket].reduce((sum, {turns}) => sum + turns.length, 0);
  const starts = site.startsMs.sort((a, b) => a - b);
  t.diagnostic(`${site.startsMs.length} kills, ${talks.rest.length} talks over REST, ` +
    `${talks.socket.length} over sockets, ${said} messages acknowledged, ${events} events; ` +
    `start after a crash: median ${starts[starts.length >> 1]} ms, longest ${starts.at(-1)} ms`);
  await site.server.stop();
});
