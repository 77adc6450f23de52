// What must never happen to what action nodes do, tried: many people make calls that act on an outside
// system, while workers and the server itself are killed at random moments. Afterwards every call has
// come to an end that its person was told, no key was acted on twice, and whatever may have acted
// without anybody knowing is on the list of `millrace actions unknown`.
//
// MILLRACE_KILLS says how often (20), MILLRACE_CALLS how many calls (400), MILLRACE_SEED which moments;
// the seed is printed.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {test} from 'node:test';
import {setTimeout as moment} from 'node:timers/promises';

import {Acted, writeActingSolution} from './support/acting.mjs';
import {leavesBelow} from './support/processes.mjs';
import {post, textOf} from './support/rest.mjs';
import {run, temporaryFolder} from './support/server.mjs';
import {Broken, Site, answerOf, patiently, randomFrom} from './support/site.mjs';
import {until} from './support/until.mjs';

const kKills = Number(process.env.MILLRACE_KILLS ?? 20);
const kCalls = Number(process.env.MILLRACE_CALLS ?? 400);
const kSeed = Number(process.env.MILLRACE_SEED ?? Date.now() % 2 ** 31);
const kTalkers = 12;
const kLongestDelayMs = 30;
const kTalkPatienceMs = 120_000;

/** How each token's call ended, as its person was told: "done", "unknown" or "failed". */
/** @typedef {Map<string, string>} Told */

/**
 * One person's calls, one after the other. Whatever is not acknowledged is sent again, as it was.
 * @param {Site} site
 * @param {() => string | undefined} nextToken
 * @param {Told} told
 */
async function talk(site, nextToken, told) {
  const sender = randomUUID();
  let messages = 0;
  const say = async (/** @type {string} */ text, /** @type {RegExp} */ expected) => {
    const id = `${sender}-${++messages}`;
    return patiently(site, `the answer to ${text}`, async () => {
      const body = {sender, message: text, message_id: id};
      const answer = await answerOf(post(site.ready.base_url, body));
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const said = textOf(answer.body);
      // The call that a crash cut off has not ended yet.
      if (!expected.test(said)) throw new Broken(said);
      return said;
    });
  };
  await say('hi', /Which one/);
  for (let token = nextToken(); token !== undefined; token = nextToken()) {
    const said = await say(token, new RegExp(`(done|unknown|failed) ${token}\\b`));
    told.set(token, /(\w+) \S+/.exec(said)?.[1] ?? '');
  }
}

/**
 * Kills the server, or one of its workers, and says which.
 * @param {Site} site
 * @param {() => number} random
 */
async function killSomething(site, random) {
  const workers = random() < 0.5 ? leavesBelow(site.server.child.pid ?? 0) : [];
  if (workers.length === 0) {
    await site.crash();
    return 'server';
  }
  try {
    process.kill(workers[Math.floor(random() * workers.length)], 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
  return 'worker';
}

/**
 * @param {string} data
 * @param {Told} told
 * @param {Map<string, string[]>} acted
 */
async function assertUnknownListed(data, told, acted) {
  const {code, stdout, stderr} = await run(['actions', 'unknown', '--data', data, '--json']);
  assert.equal(code, 0, stderr);
  const listed = new Set(JSON.parse(stdout).map((/** @type {{key: string}} */ {key}) => key));
  const unknown = [...told].filter(([, end]) => end === 'unknown');
  for (const [token] of unknown) {
    for (const key of acted.get(token) ?? []) {
      assert.ok(listed.has(key), `${token} acted under ${key} unbeknown, and is not listed`);
    }
  }
  assert.ok(listed.size >= unknown.length, `${listed.size} listed of ${unknown.length}`);
  // A call that failed for sure did nothing.
  for (const [token, end] of told) {
    if (end === 'failed') assert.ok(!acted.has(token), `${token} acted and was called failed`);
  }
  return listed.size;
}

test(`Actions: ${kKills} kills during ${kCalls} calls double nothing and lose nothing`, async (t) => {
  t.diagnostic(`MILLRACE_SEED=${kSeed}`);
  const random = randomFrom(kSeed);
  const acted = await Acted.open();
  t.after(() => acted.close());
  process.env.ACT_URL = acted.url;
  const solution = temporaryFolder();
  writeActingSolution(solution);
  const site = await Site.open(temporaryFolder(), [solution],
    ['--allow-internal', new URL(acted.url).host]);
  t.after(() => site.server.kill());

  /** @type {Told} */
  const told = new Map();
  let given = 0;
  let isBroken = false;
  const nextToken = () => {
    if (given === kCalls || isBroken) return undefined;
    return `${given % 2 === 0 ? 'once' : 'act'}${++given}`;
  };
  const talkers = Array.from({length: kTalkers}, () =>
    talk(site, nextToken, told).catch((error) => {
      isBroken = true;
      t.diagnostic(`after ${told.size} calls: ${error}\n${site.server.stderr()}`);
      throw error;
    }));
  // At so many calls told, each a little later.
  const thresholds = Array.from({length: kKills}, () => Math.floor(random() * kCalls * 0.97))
    .sort((a, b) => a - b);
  const kills = {server: 0, worker: 0};
  const killer = (async () => {
    for (const threshold of thresholds) {
      await until(`${threshold} calls`, () => isBroken || told.size >= threshold, kTalkPatienceMs);
      if (isBroken) return;
      // Not a wait for anything: the moment of the kill, which the seed chooses.
      await moment(random() * kLongestDelayMs);
      ++kills[await killSomething(site, random)];
    }
  })();
  try {
    await Promise.all([killer, ...talkers]);
  } finally {
    isBroken = true;
    await Promise.allSettled([killer, ...talkers]);
  }

  assert.equal(told.size, kCalls, 'every call has come to an end');
  const keys = acted.byToken();
  for (const [token, under] of keys) {
    assert.equal(under.length, 1, `${token} was acted on under ${under}`);
  }
  const ends = {done: 0, unknown: 0, failed: 0};
  for (const [token, end] of told) {
    ++ends[/** @type {keyof typeof ends} */ (end)];
    if (end === 'done') assert.equal(keys.get(token)?.length, 1, `${token} is done`);
  }
  // Most calls are met by nothing: otherwise nothing has been tried.
  assert.ok(ends.done > kCalls / 2, `only ${ends.done} of ${kCalls} calls were done`);
  const listed = await assertUnknownListed(site.data, told, keys);
  t.diagnostic(`${kills.server} kills of the server, ${kills.worker} of workers; ${ends.done} done, ` +
    `${ends.unknown} unknown (${listed} listed), ${ends.failed} failed; ${keys.size} acted on once, ` +
    'none twice');
  await site.server.stop();
});
