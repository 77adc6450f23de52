// What a newcomer met and nobody should meet again: secrets that a rotation lost, folders that a
// mistyped name made, one slip told many times.

import assert from 'node:assert/strict';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {kBinary, kRepository, run, setSecret, startServing, temporaryFolder}
  from './support/server.mjs';

const kSignup = join(kRepository, 'examples/signup');

/** @param {Record<string, string>} files */
function solution(files) {
  const folder = join(temporaryFolder(), 'tea');
  const all = {'app.py': "NAME = 'Tea'\nBOTS = []\nCSV_BOTS = ['Tea']\nPATH = ''\n" +
    "PARAMS = {'sandbox': {}, 'live': {}}\n", ...files};
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder, path, '..'), {recursive: true});
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('a rotation of one folder leaves what another folder sealed under the same file', async () => {
  const folder = temporaryFolder();
  const key = ['--secrets-key', join(folder, 'secrets.key')];
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  assert.equal(await setSecret('1', 'A', '--data', one, ...key), 0);
  assert.equal(await setSecret('2', 'B', '--data', two, ...key), 0);
  assert.equal((await run(['secret', 'rotate', '--data', one, ...key])).code, 0);
  for (const data of [one, two]) {
    const {stdout} = await run(['doctor', '--json', '--data', data], kBinary,
      {MILLRACE_SECRETS_KEY_FILE: key[1]});
    const {state, found} = JSON.parse(stdout).checks
      .find((/** @type {any} */ {name}) => name === 'secrets');
    assert.equal(state, 'ok', found);
  }
});

test('nothing is sealed beside what another key has sealed, and no server starts', async () => {
  const folder = temporaryFolder();
  const [own, other, data] = ['own.key', 'other.key', 'data'].map((name) => join(folder, name));
  await setSecret('1', 'A', '--data', data, '--secrets-key', own);
  await setSecret('2', 'B', '--data', join(folder, 'else'), '--secrets-key', other);
  assert.equal(await setSecret('3', 'C', '--data', data, '--secrets-key', other), 1);
  await assert.rejects(async () => {
    const {child} = await startServing(['serve', '--solution', kSignup, '--data', data, '--listen',
      '127.0.0.1:0', '--braze-sandbox', '127.0.0.1:0', '--secrets-key', other]);
    child.kill();
  }, /'A' is sealed under another master key/);
});

test('a secret that cannot be opened is not said to be missing', async () => {
  const folder = temporaryFolder();
  const [own, other, data] = ['own.key', 'other.key', 'data'].map((name) => join(folder, name));
  await setSecret('1', 'A', '--data', data, '--secrets-key', own);
  await setSecret('2', 'B', '--data', join(folder, 'else'), '--secrets-key', other);
  const bot = solution({'app.py': "NAME = 'Tea'\nBOTS = []\nCSV_BOTS = ['Tea']\nPATH = ''\n" +
    "PARAMS = {'sandbox': {'k': '${secret:A}'}, 'live': {}}\n",
  'flows/main.flow.yaml': 'nodes:\n  a: {say: Bye, end: true}\n',
  'action_nodes/Show.py': "class Show:\n    def execute(self, log, payload=None, context=None):\n" +
    "        return {'success': 'true'}\n"});
  const {stderr} = await run(['action', 'run', 'Show', '--solution', bot, '--data', data,
    '--secrets-key', other]);
  assert.match(stderr, /sealed under another master key/);
  assert.doesNotMatch(stderr, /is not set|secret set A/);
});

test('what is refused makes no folder', async () => {
  const typo = join(temporaryFolder(), 'typo');
  const broken = solution({'flows/main.flow.yaml': 'nodes: {}\n'});
  for (const options of [['deploy', broken], ['serve', '--listen', '127.0.0.1:0'],
    ['serve', '--solution', broken, '--listen', '127.0.0.1:0'],
    ['grant', 'Nobody', '--secret', 'X'],
    ['secret', 'set', 'X', '--secrets-key', `${typo}.key`]]) {
    const {code} = await run([...options, '--data', typo]);
    assert.notEqual(code, 0, options.join(' '));
    assert.ok(!existsSync(typo), options.join(' '));
  }
});

test('what is current already is not said to be deployed', async () => {
  const data = join(temporaryFolder(), 'data');
  await run(['deploy', kSignup, '--skip-tests', '--data', data]);
  const {stdout} = await run(['rollback', 'SignUp', '--to', 'v1', '--data', data]);
  assert.match(stdout, /^already the current version: SignUp v1/);
});

test('a server says at once what the live environment lacks', async () => {
  const {child, stderr} = await startServing(['serve', '--env', 'live', '--solution', kSignup,
    '--data', join(temporaryFolder(), 'data'), '--listen', '127.0.0.1:0']);
  child.kill();
  assert.match(stderr(), /BRAZE_LIVE_API_KEY/);
});

test('one slip is told once', async () => {
  const translated = {'solution.yaml': 'name: Tea\nlocales: [en, de]\n',
    'flows/main.flow.yaml': 'nodes:\n  a: {say: Hello}\n  b: {say: Bye, end: true}\n',
    'messages/de.yaml': 'main:\n  a: {say: Hallo}\n  b: {say: Ade}\n'};
  for (const [path, text] of [['messages/de.yaml', 'main: [\n'],
    ['flows/main.flow.yaml', 'nodes: [\n'],
    ['app.py', 'x = (\n']]) {
    const {stdout} = await run(['check', solution({...translated, [path]: text})]);
    assert.match(stdout, /: 1 error, 0 warnings/, stdout);
  }
});

test('unknown keys have a nearest one, or a reason', async () => {
  const {stdout} = await run(['check', solution({
    'solution.yaml': 'name: Tea\nlocales: [en, de]\n',
    'flows/main.flow.yaml':
      'nodes:\n  a: {say: Hello}\n  q: {ask: X, options: [a, b], variable: A}\n',
    'messages/de.yaml': 'main:\n  a: {say: Hallo, buttons: {Yes: Ja}}\n'})]);
  assert.match(stdout, /'options' here \(did you mean 'choices'\?\)/);
  assert.doesNotMatch(stdout, /known are \)/);
});

test('a script may have the name of a built-in command', async () => {
  const bot = solution({'flows/main.flow.yaml': 'nodes:\n  a: {say: Bye, end: true}\n'});
  const {code, stderr} = await run(['action', 'new', 'AssignVariable', '--solution', bot]);
  assert.equal(code, 0, stderr);
});

test('one thing is in the singular', async () => {
  const {stdout} = await run(['check', solution({
    'flows/main.flow.yaml': 'nodes:\n  a: {say: Bye, end: true}\n'})]);
  assert.match(stdout, /, 1 node$/m);
});

test('a permission that does not exist is refused', async () => {
  await assert.rejects(async () => {
    const {child} = await startServing(['braze-sandbox', '--data', join(temporaryFolder(), 'd'),
      '--listen', '127.0.0.1:0', '--key', 'k=foo.bar']);
    child.kill();
  }, /foo\.bar/);
});

test('a report without a folder to lie in is refused before anything runs', async () => {
  const {code, stdout} = await run(['test', kSignup, '--html', 'no/such/coverage.html']);
  assert.equal(code, 2);
  assert.doesNotMatch(stdout, /passed/);
});

test('--since takes a span', async () => {
  const data = join(temporaryFolder(), 'data');
  const {child} = await startServing(['serve', '--solution', kSignup, '--data', data, '--listen',
    '127.0.0.1:0', '--braze-sandbox', '127.0.0.1:0']);
  child.kill();
  for (const list of [['deliveries', 'list'], ['chats']]) {
    for (const [since, code] of [['1h', 0], ['yesterday', 0], ['2026-01-31T08:00:00Z', 0],
      ['soon', 2]]) {
      const {stderr, ...done} = await run([...list, '--since', String(since), '--data', data]);
      assert.equal(done.code, code, `${list} --since ${since}: ${stderr}`);
    }
  }
});

test('what init makes is laid out', async () => {
  const bot = join(temporaryFolder(), 'tea');
  await run(['init', bot]);
  assert.equal((await run(['fmt', '--check', bot])).code, 0);
});
