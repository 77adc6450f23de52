// The commands around action nodes, as a developer and an operator type them.

import assert from 'node:assert/strict';
import {cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {kBinary, kSolution, run, temporaryFolder} from './support/server.mjs';

const kValue = 'planted-secret-7c1f';

/**
 * A command with something on its standard input.
 * @param {string[]} options
 * @param {string} input
 */
async function runWith(options, input) {
  const {code, stdout, stderr} = await run(options, kBinary, {}, input);
  return {code, output: stdout + stderr};
}

describe('millrace secret', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const where = ['--data', data, '--secrets-key', join(folder, 'secrets.key')];

  test('keeps what comes on standard input, and shows no value again', async () => {
    const kept = await runWith(['secret', 'set', 'API_KEY', ...where], `${kValue}\n`);
    assert.equal(kept.code, 0, kept.output);
    assert.match(kept.output, /version 1/);
    const again = await runWith(['secret', 'set', 'API_KEY', ...where], `${kValue}-2`);
    assert.match(again.output, /version 2/);
    const listed = await run(['secret', 'list', ...where]);
    assert.match(listed.stdout, /^NAME +VERSION +MADE AT.*\nAPI_KEY +2 +20\S+ +20\S+\n$/);
    const rotated = await run(['secret', 'rotate', ...where]);
    assert.equal(rotated.code, 0, rotated.stderr);
    for (const text of [kept.output, again.output, listed.stdout, rotated.stdout,
      readFileSync(join(data, 'secrets.json'), 'utf8')]) {
      assert.ok(!text.includes(kValue), text);
    }
    assert.equal(statSync(join(folder, 'secrets.key')).mode & 0o777, 0o600);
    const removed = await run(['secret', 'remove', 'API_KEY', ...where]);
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal((await run(['secret', 'list', ...where])).stdout, '');
  });

  test('refuses an empty value, a bad name, and a key beside what it protects', async () => {
    assert.equal((await runWith(['secret', 'set', 'A', ...where], '\n')).code, 1);
    assert.equal((await runWith(['secret', 'set', '../A', ...where], 'x')).code, 1);
    const inside = ['--data', data, '--secrets-key', join(data, 'secrets.key')];
    const refused = await runWith(['secret', 'set', 'A', ...inside], 'x');
    assert.equal(refused.code, 1);
    assert.match(refused.output, /must not lie in the data folder/);
  });
});

describe('millrace action', () => {
  const solution = join(temporaryFolder(), 'solution');
  cpSync(kSolution, solution, {recursive: true});
  const at = ['--solution', solution];

  test('writes a node that runs and a test that passes', async () => {
    const written = await run(['action', 'new', 'SendBooking', ...at]);
    assert.equal(written.code, 0, written.stderr);
    assert.ok(existsSync(join(solution, 'action_nodes/SendBooking.py')));
    const tested = await run(['test', solution]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    const ran = await run(['action', 'run', 'SendBooking', ...at, '--payload', '{"name": "Ada"}']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(JSON.parse(ran.stdout), {success: 'true', GREETING: 'Hello, Ada'});
    assert.match(ran.stderr, /info: SendBooking runs/);
    assert.match(ran.stderr, /returned in [\d.]+ ms/);
  });

  test('writes over nothing, and takes only names that a class can have', async () => {
    const before = readFileSync(join(solution, 'action_nodes/SendBooking.py'), 'utf8');
    assert.equal((await run(['action', 'new', 'SendBooking', ...at])).code, 1);
    assert.equal(readFileSync(join(solution, 'action_nodes/SendBooking.py'), 'utf8'), before);
    for (const name of ['class', '9lives', '_helper', 'a-b', '../up', 'BrazeTrack', '']) {
      const refused = await run(['action', 'new', name, ...at]);
      assert.notEqual(refused.code, 0, name);
      assert.match(refused.stderr, /./, name);
    }
  });

  test('runs a node that fails, and says why', async () => {
    writeFileSync(join(solution, 'action_nodes/Broken.py'), `class Broken:
    def execute(self, log, payload=None, context=None):
        log.warning('about to break')
        return 1 / payload['by']
`);
    const payload = join(solution, '..', 'payload.json');
    writeFileSync(payload, '{"by": 0}');
    const ran = await run(['action', 'run', 'Broken', ...at, '--payload', `@${payload}`, '--json']);
    assert.equal(ran.code, 1, ran.stderr);
    const {outcome, message, lines, whole_ms} = JSON.parse(ran.stdout);
    assert.equal(outcome, 'raised');
    assert.match(message, /ZeroDivisionError/);
    assert.ok(lines.includes('warning: about to break'), lines);
    assert.ok(whole_ms > 0);
  });

  test('sees the context that it is given and the environment that is chosen', async () => {
    writeFileSync(join(solution, 'action_nodes/Shows.py'), `class Shows:
    def execute(self, log, payload=None, context=None):
        return {'env': context['env'], 'locale': context['locale'], 'version': context['version']}
`);
    const ran = await run(['action', 'run', 'Shows', ...at, '--env', 'live',
      '--context', '{"locale": "pt-BR"}']);
    assert.deepEqual(JSON.parse(ran.stdout), {env: 'live', locale: 'pt-BR', version: 'run'});
  });

  test('says what cannot be run', async () => {
    const unknown = await run(['action', 'run', 'Nobody', ...at]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /there is no action_nodes\/Nobody.py; there is: .*BrazeExample/);
    const native = await run(['action', 'run', 'SysSetEnv', ...at]);
    assert.match(native.stderr, /built-in command/);
    assert.equal((await run(['action', 'run', 'Shows', ...at, '--payload', '[1]'])).code, 2);
    assert.equal((await run(['action', 'run', 'Shows', ...at, '--payload', '@nowhere'])).code, 2);
  });
});

describe('millrace trace and actions', () => {
  test('have nothing to say of a folder where nothing was called', async () => {
    const data = join(temporaryFolder(), 'data');
    mkdirSync(data);
    const unknown = await run(['actions', 'unknown', '--data', data]);
    assert.deepEqual([unknown.code, unknown.stdout], [0, '0 calls whose effect is not known\n']);
    assert.deepEqual(JSON.parse((await run(['actions', 'list', '--data', data, '--json'])).stdout),
      []);
    const trace = await run(['trace', '018f2c9e-0000-7000-8000-000000000000', '--data', data]);
    assert.equal(trace.code, 1);
    assert.match(trace.stderr, /no call of that chat/);
  });
});
