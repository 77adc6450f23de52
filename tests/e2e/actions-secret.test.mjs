// A secret from the encrypted store, used by a script that prints it, logs it, raises with it and
// returns it: it is nowhere in clear outside the worker.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {randomBytes, randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kBinary, run, temporaryFolder} from './support/server.mjs';
import {within} from './support/until.mjs';

const kSecret = `planted-${randomBytes(12).toString('hex')}`;
/** The shapes in which it might slip through. */
const kForms = [kSecret, Buffer.from(kSecret).toString('base64').replace(/=+$/, ''),
  Buffer.from(kSecret).toString('hex')];

const kApp = `import os

NAME = 'Leaky'
BOTS = []
CSV_BOTS = ['Leaky']
PATH = os.path.dirname(__file__)
PARAMS = {
    'sandbox': {'api_key': '\${secret:LEAKY_KEY}'},
    'live': {'api_key': os.environ.get('LEAKY_LIVE_KEY', '')},
}
`;

const kScript = `import sys

from .. import app


class Leak:
    def execute(self, log, payload=None, context=None):
        key = app.PARAMS[context['env']]['api_key']
        if not key.startswith('planted-'):
            return {'success': 'true', 'SAID': 'not resolved'}
        print('printed ' + key)
        print('printed ' + key, file=sys.stderr)
        log('logged ' + key)
        log.error('logged %s', {'key': key})
        how = payload['how']
        if how == 'raise':
            raise ValueError('raised ' + key)
        if how == 'leave':
            sys.exit('left ' + key)
        return {'success': 'true', 'SAID': 'returned ' + key, 'other': key}
`;

const kFlow = `nodes:
  how:
    ask: How?
    variable: HOW
    nlu: false

  leak:
    do: Leak
    with: {how: '{HOW}'}
    variable: SAID
    outputs: [success]
    decide: success
    on: {'true': said, error: failed}

  said:
    say: 'it said {SAID}'
    next: how

  failed:
    say: it failed
    next: how
`;

/** @param {string} folder */
function writeLeakySolution(folder) {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  mkdirSync(join(folder, 'action_nodes'), {recursive: true});
  writeFileSync(join(folder, 'app.py'), kApp);
  writeFileSync(join(folder, 'flows/main.flow.yaml'), kFlow);
  writeFileSync(join(folder, 'action_nodes/Leak.py'), kScript);
}

/**
 * Every file below a folder, as bytes read as text.
 * @param {string} folder
 * @returns {Generator<[string, string]>}
 */
function* filesBelow(folder) {
  for (const name of readdirSync(folder, {recursive: true, encoding: 'utf8'})) {
    const file = join(folder, name);
    if (statSync(file).isFile()) yield [file, readFileSync(file, 'latin1')];
  }
}

test('A planted secret is nowhere in clear outside the worker', async () => {
  const [solution, data, keys] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  writeLeakySolution(solution);
  process.env.MILLRACE_SECRETS_KEY_FILE = join(keys, 'secrets.key');
  const setting = spawn(kBinary, ['secret', 'set', 'LEAKY_KEY', '--data', data],
    {stdio: ['pipe', 'ignore', 'inherit']});
  setting.stdin.end(kSecret);
  const [code] = await within('secret set', once(setting, 'close'));
  assert.equal(code, 0);

  const server = await Server.start({data, solutions: [solution], logLevel: 'debug',
    more: ['--secrets-key', join(keys, 'secrets.key')]});
  const talk = new RestTalker(server.ready.base_url, randomUUID());
  const said = [textOf(await talk.say('hi'))];
  for (const how of ['return', 'raise', 'leave', 'return']) said.push(textOf(await talk.say(how)));
  assert.ok(said.some((text) => text.includes('it said returned')),
    `${said.join('|')}\n${server.stderr()}`);
  assert.ok(said.some((text) => text.includes('it failed')), said.join('|'));
  const traced = await run(['actions', 'list', '--data', data]);
  const unknown = await run(['actions', 'unknown', '--data', data, '--json']);
  const bad = await fetch(`${server.ready.base_url}/webhooks/rest/webhook`, {method: 'POST',
    body: '{'});
  const seen = [...said, traced.stdout, unknown.stdout, await bad.text()];
  await server.stop();
  seen.push(server.stderr());

  assert.match(server.stderr(), /logged/, 'the lines themselves are in the log');
  for (const form of kForms) {
    for (const text of seen) assert.ok(!text.includes(form), `in an answer or the log: ${text}`);
    for (const [file, text] of filesBelow(data)) assert.ok(!text.includes(form), `in ${file}`);
    for (const [file, text] of filesBelow(solution)) assert.ok(!text.includes(form), `in ${file}`);
  }
});
