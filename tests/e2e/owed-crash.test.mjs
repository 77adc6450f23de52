// What flows owe Braze, while the server is killed at random moments and Braze fails in every way it
// can: at the end every event is there, and one that is there twice is flagged as a possible
// duplicate.
//
// MILLRACE_KILLS says how often (8), MILLRACE_SEED which moments; the seed is printed.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {setTimeout as moment} from 'node:timers/promises';

import {Sandbox, kKey} from './support/braze.mjs';
import {post, textOf} from './support/rest.mjs';
import {run, temporaryFolder} from './support/server.mjs';
import {Broken, Site, answerOf, patiently, randomFrom} from './support/site.mjs';
import {until} from './support/until.mjs';

const kKills = Number(process.env.MILLRACE_KILLS ?? 8);
const kSeed = Number(process.env.MILLRACE_SEED ?? Date.now() % 2 ** 31);
const kTalkers = 8;
const kSaysPerKill = 40;

const kApp = `import os
NAME = 'Owing'
BOTS = []
CSV_BOTS = ['Owing']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kSettings = `name: Owing
braze:
  sandbox: {url: '\${env:OWING_URL}', api_key: '\${secret:OWING_KEY}'}
  ambiguous: resend
`;
const kFlow = `nodes:
  what:
    ask: What?
    variable: WHAT
    nlu: false
  owe:
    do: BrazeTrack
    with:
      attributes: {last: '{WHAT}'}
      events: [{name: '{WHAT}'}]
    outputs: [outcome]
    decide: outcome
    on: {ok: noted, error: sorry}
  noted:
    say: 'noted {WHAT}'
    next: what
  sorry:
    say: 'sorry {WHAT}'
    next: what
`;

/** @param {string} folder */
function writeSolution(folder) {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  writeFileSync(join(folder, 'app.py'), kApp);
  writeFileSync(join(folder, 'solution.yaml'), kSettings);
  writeFileSync(join(folder, 'flows/main.flow.yaml'), kFlow);
}

test(`${kKills} kills lose nothing that is owed, and double nothing unseen`, async (t) => {
  t.diagnostic(`MILLRACE_SEED=${kSeed}`);
  const random = randomFrom(kSeed);
  const braze = await Sandbox.start({data: join(temporaryFolder(), 'braze'), logLevel: 'error'});
  t.after(() => braze.child.kill('SIGKILL'));
  const setFaults = async (/** @type {object} */ faults) => {
    const response = await fetch(`${braze.url}/_sandbox/faults`, {method: 'PUT',
      headers: {'Content-Type': 'application/json'}, body: JSON.stringify(faults)});
    assert.ok(response.ok, await response.text());
  };
  await setFaults({mode: 'mix', seed: kSeed % 1000, share: 0.3, of: [
    'drop', 'drop_before', 'queued',
    {mode: 'refuse', status: 503, body: 'empty'}, {mode: 'refuse', status: 500},
    {mode: 'refuse', status: 429, headers: 'retry_after', retry_after_s: 1},
    {mode: 'refuse', status: 429, headers: 'empty'}, {mode: 'refuse', status: 413, body: 'html'},
  ]});
  process.env.OWING_URL = braze.url;
  process.env.OWING_KEY = kKey;
  const solution = temporaryFolder();
  writeSolution(solution);
  const data = temporaryFolder();
  const granted = await run(['grant', 'Owing', '--secret', 'OWING_KEY', '--data', data]);
  assert.equal(granted.code, 0, granted.stderr);
  const site = await Site.open(data, [solution], ['--allow-internal', new URL(braze.url).host]);
  t.after(() => site.server.kill());

  /** By who said them. @type {Map<string, string[]>} */
  const acknowledged = new Map();
  let said = 0;
  let isOver = false;
  const talkers = Array.from({length: kTalkers}, async () => {
    const sender = randomUUID();
    /** @type {string[]} */
    const own = [];
    acknowledged.set(sender, own);
    const say = (/** @type {string} */ text, /** @type {RegExp} */ expected) => {
      const id = randomUUID();
      return patiently(site, `the answer to ${text}`, async () => {
        const answer =
          await answerOf(post(site.ready.base_url, {sender, message: text, message_id: id}));
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        if (!expected.test(textOf(answer.body))) throw new Broken(textOf(answer.body));
      });
    };
    await say('hi', /What/);
    while (!isOver) {
      const event = `e${++said}`;
      await say(event, new RegExp(`noted ${event}\\b`));
      own.push(event);
    }
  });
  for (let kill = 1; kill <= kKills; ++kill) {
    const wanted = kill * kSaysPerKill;
    await until(`${wanted} messages`, () => said >= wanted, 120_000);
    // Not a wait for anything: the moment of the kill, which the seed chooses.
    await moment(random() * 30);
    await site.crash();
  }
  isOver = true;
  await Promise.all(talkers);

  await setFaults({mode: 'none'});
  const waiting = async () => {
    const {stdout} = await run(['deliveries', 'list', '--data', data, '--state', 'waiting', '--json',
      '--limit', '1']);
    return JSON.parse(stdout).length;
  };
  await until('all to be sent', async () => await waiting() === 0, 120_000);
  const {stdout} =
    await run(['deliveries', 'export', '--data', data, '--limit', '100000']);
  const rows = stdout.trim().split('\n').map((line) => JSON.parse(line));
  const flagged = new Set(rows.filter((row) => JSON.stringify(row).includes('duplicate'))
    .flatMap((row) => (row.body.events ?? []).map((/** @type {{name: string}} */ {name}) => name)));

  const {users} = (await (await fetch(`${braze.url}/users/export/ids`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'Authorization': `Bearer ${kKey}`},
    body: JSON.stringify({user_aliases: rows.map(({body}) => body.user.user_alias)
      .filter((alias, i, all) => all.findIndex((other) => other.alias_name === alias.alias_name) === i)}),
  })).json());
  const counts = new Map(users.flatMap((/** @type {any} */ user) =>
    user.custom_events.map((/** @type {any} */ {name, count}) => [name, count])));
  let twice = 0;
  for (const own of acknowledged.values()) {
    for (const event of own) {
      const count = counts.get(event) ?? 0;
      assert.ok(count >= 1, `${event} was noted and is lost`);
      if (count > 1) {
        ++twice;
        assert.ok(flagged.has(event), `${event} is there ${count} times, and nothing says so`);
      }
    }
    const last = users.find((/** @type {any} */ {custom_attributes}) =>
      custom_attributes.last === own[own.length - 1]);
    assert.ok(last, 'the last attribute is the last that was said');
  }
  for (const name of readdirSync(data, {recursive: true, encoding: 'utf8'})) {
    const file = join(data, name);
    if (!statSync(file).isFile()) continue;
    assert.ok(!readFileSync(file, 'latin1').includes(kKey), `Braze's key is in ${name}`);
  }
  assert.ok(!site.server.stderr().includes(kKey), 'the key is in the log');
  t.diagnostic(`${said} events, ${twice} there twice and flagged, ${flagged.size} flagged`);
  await site.server.stop();
});
