// What commands give to programs: one JSON value on standard output, of those that change something
// as of those that list; and what they say of an environment, of chats and of what is stopped.

import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {answersOf, newPerson} from './support/people.mjs';
import {RestTalker} from './support/rest.mjs';
import {Server, kBinary, kRepository, run, setSecret, startServing, temporaryFolder}
  from './support/server.mjs';
import {until} from './support/until.mjs';

const kSignup = join(kRepository, 'examples/signup');
// They talk until they are stopped, or what they print is the thing itself.
const kWithout = new Set(['dev', 'chat', 'demo', 'serve', 'braze-sandbox', 'schema', 'completions',
  'man', 'export', 'audit export', 'deliveries show', 'deliveries export']);

/** @param {string} help */
const subcommandsIn = (help) => [...help.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, name]) =>
  String(name));

/** @param {string[]} options @param {number} [code] @param {Record<string, string>} [env] */
async function json(options, code = 0, env = {}) {
  const done = await run([...options, '--json'], kBinary, env);
  assert.equal(done.code, code, `${options.join(' ')}: ${done.stderr}`);
  assert.equal(done.stdout.trimEnd().split('\n').length, 1, done.stdout);
  return JSON.parse(done.stdout);
}

test('every command that does something and ends gives JSON when it is asked', async () => {
  const without = [];
  for (const name of subcommandsIn((await run(['--help'])).stdout)) {
    const help = (await run([name, '--help'])).stdout;
    const leaves = !help.includes('SUBCOMMAND') ? [name] :
      subcommandsIn(help.split(/^Subcommands:$/m)[1] ?? '').map((leaf) => `${name} ${leaf}`);
    assert.ok(leaves.length > 0, help);
    for (const leaf of leaves) {
      if (kWithout.has(leaf)) continue;
      const {stdout} = await run([...leaf.split(' '), '--help']);
      if (!stdout.includes('--json')) without.push(leaf);
    }
  }
  assert.deepEqual(without, []);
});

test('what commands changed in a solution comes as JSON', async () => {
  const home = temporaryFolder();
  const bot = join(home, 'bot');
  const made = await json(['init', bot, '--template', 'blank']);
  assert.ok(made.files.includes('app.py'));
  assert.deepEqual((await json(['fmt', bot])).unreadable, []);
  writeFileSync(join(bot, 'flows/broken.flow.yaml'), 'nodes: [');
  const looked = await json(['fmt', '--check', bot], 2);
  assert.equal(looked.unreadable.length, 1);
  const copy = join(home, 'copy');
  cpSync(join(kRepository, 'examples/braze-profile'), copy, {recursive: true});
  const given = await json(['convert', copy, '--to', 'yaml']);
  assert.deepEqual(Object.keys(given.files), ['flows/main.flow.yaml']);
  const moved = await json(['convert', copy, '--to', 'yaml', '--write']);
  assert.deepEqual(moved, {wrote: ['flows/main.flow.yaml'], removed: ['templates/bot.csv']});
  const added = await json(['action', 'new', 'Fresh', '--solution', copy]);
  assert.equal(added.files.length, 2);
});

test('what commands changed in a data folder comes as JSON', async () => {
  const home = temporaryFolder();
  const data = ['--data', join(home, 'data')];
  const key = ['--secrets-key', join(home, 'secrets.key')];
  assert.equal(await setSecret('a', 'A', ...data, ...key), 0);
  assert.equal((await json(['secret', 'rotate', ...data, ...key])).secrets, 1);
  assert.deepEqual(await json(['secret', 'remove', 'A', ...data, ...key]), {name: 'A',
    removed: true});
  assert.deepEqual((await json(['grant', 'Tea', '--secret', 'A', ...data])).secrets, ['A']);
  assert.match((await json(['user', 'add', 'ana', '--grant', 'viewer', ...data])).link,
    /^\/operator\/#./);
  assert.equal((await json(['user', 'disable', 'ana', ...data])).disabled, true);
  const made = await json(['key', 'make', 'ci', '--grant', 'viewer', ...data]);
  assert.deepEqual(await json(['key', 'revoke', made.id, ...data]), {id: made.id, revoked: true});
  assert.equal((await json(['audit', 'verify', ...data])).whole, true);
  assert.equal((await json(['user', 'remove', 'ana', ...data])).removed, true);
  const deployed = await json(['deploy', kSignup, '--skip-tests', ...data]);
  assert.equal(deployed.version ?? deployed.deployment?.version, 'v1');
});

test('chats say who talks and where, and what is said of them is JSON', async () => {
  const home = temporaryFolder();
  const data = join(home, 'data');
  const server = await Server.start({data, solutions: [kSignup]});
  const person = newPerson({});
  const talker = new RestTalker(server.ready.base_url, 'ana-1');
  await talker.say('hello');
  const [chat] = await json(['chats', '--data', data]);
  assert.equal(chat.channel, 'rest');
  assert.equal(chat.sender, 'ana-1');
  assert.ok(chat.node.length > 0);
  for (const answer of answersOf(person)) await talker.say(answer);
  await server.stop();
  const copy = await json(['backup', '--data', data, '--to', join(home, 'copy')]);
  assert.ok(copy.copied.includes('journal.db'));
  assert.equal(copy.problems_found, 0);
  const back = await json(['restore', '--from', join(home, 'copy'), '--data', join(home, 'back')]);
  assert.equal(back.records, copy.records);
  assert.equal((await json(['rebuild', '--data', data])).chats, 1);
  assert.equal((await json(['deliveries', 'retry', '--data', data])).ordered, 'retry');
  const gone = await json(['forget', '--sender', 'ana-1', '--solution', 'SignUp', '--drop-owed',
    '--data', data]);
  assert.equal(gone.people, 1);
  const file = join(home, 'folder.key');
  assert.deepEqual(await json(['data-key', file]), {key: file});
  assert.ok((await json(['encrypt', '--data', data, '--key', file])).converted.length > 0);
  assert.ok((await json(['decrypt', '--data', data, '--key', file])).converted.length > 0);
});

test('deliveries that cannot leave say that their receiver is stopped, and why', async (t) => {
  const refusing = createServer((request, response) => {
    request.resume();
    response.writeHead(401, {'content-type': 'application/json'});
    response.end('{"message":"Invalid API key"}');
  });
  await new Promise((resolve) => refusing.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => refusing.close());
  const address = refusing.address();
  assert.ok(address !== null && typeof address === 'object');
  const data = join(temporaryFolder(), 'data');
  const host = `127.0.0.1:${address.port}`;
  const {child, ready} = await startServing(['serve', '--solution', kSignup, '--data', data,
    '--listen', '127.0.0.1:0', '--allow-internal', host],
  {BRAZE_URL: `http://${host}`, BRAZE_API_KEY: 'wrong'});
  t.after(() => child.kill());
  const talker = new RestTalker(ready.base_url, 'ana-2');
  for (const answer of ['hello', ...answersOf(newPerson({}))]) await talker.say(answer);
  const [owed] = await until('a stop', async () => {
    const listed = await json(['deliveries', 'list', '--data', data]);
    return listed.length > 0 && listed[0].stopped !== undefined ? listed : undefined;
  });
  assert.match(owed.stopped, /401/);
  assert.equal(owed.state, 'waiting');
  const {stdout} = await run(['deliveries', 'list', '--data', data]);
  assert.match(stdout, /stopped: .*401/);
});

test('check --env says what a solution would lack there', async () => {
  const bot = join(temporaryFolder(), 'bot');
  cpSync(kSignup, bot, {recursive: true});
  const lacking = await json(['check', bot, '--env', 'live']);
  assert.deepEqual(lacking.map((/** @type {any} */ {code}) => code),
    ['not_set_here', 'not_set_here']);
  assert.deepEqual(await json(['check', bot, '--env', 'live'], 0,
    {BRAZE_LIVE_URL: 'https://braze.test', BRAZE_LIVE_API_KEY: 'k'}), []);
  writeFileSync(join(bot, 'app.py'), readFileSync(join(bot, 'app.py'), 'utf8')
    .replace(/^PARAMS = .*$/m, "PARAMS = {'sandbox': {'CRM': 'x'}, 'live': {}}"));
  const unequal = await json(['check', bot, '--env', 'live'], 0,
    {BRAZE_LIVE_URL: 'https://braze.test', BRAZE_LIVE_API_KEY: 'k'});
  assert.deepEqual(unequal.map((/** @type {any} */ {code}) => code), ['params_lacking']);
  assert.equal((await run(['check', bot, '--env', 'lvie'])).code, 2);
});

test('the times of a trace are times', async (t) => {
  const data = join(temporaryFolder(), 'data');
  const server = await Server.start({data});
  t.after(() => server.stop());
  const talker = new RestTalker(server.ready.base_url, 'ana-3');
  for (const answer of ['hello', ...answersOf(newPerson({}))]) await talker.say(answer);
  const [chat] = await json(['chats', '--data', data]);
  // Traces are written beside the turns, not with them.
  const call = await until('the trace', async () => {
    const done = await run(['trace', chat.chat, '--json', '--data', data]);
    return JSON.parse(done.stdout)[0];
  });
  const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  for (const time of [call.began_at, call.ended_at, call.attempts[0].at]) assert.match(time, kTime);
});
