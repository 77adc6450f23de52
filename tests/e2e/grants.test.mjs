// What a solution names and was not granted it does not get: secrets, variables of the server and
// hosts, alone and beside another solution, by command and by file.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {test} from 'node:test';

import {post, textOf} from './support/rest.mjs';
import {Server, kBinary, run, temporaryFolder} from './support/server.mjs';

const kEnvironment = {OTHERS_KEY: 'value-of-others-key', SOME_SERVER_VARIABLE: 'value-of-variable'};

/**
 * A solution that says which of the names it has.
 * @param {string} name @param {string[]} secrets @param {string[]} variables @param {string[]} hosts
 */
function peeping(name, secrets, variables, hosts = []) {
  const folder = temporaryFolder();
  for (const inner of ['flows', 'action_nodes']) mkdirSync(join(folder, inner));
  const params = secrets.map((each) => `'${each}': '\${secret:${each}}'`).join(', ');
  writeFileSync(join(folder, 'app.py'), `import os
NAME = '${name}'
BOTS = []
CSV_BOTS = ['${name}']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {${params}}, 'live': {}}
`);
  writeFileSync(join(folder, 'solution.yaml'), `name: ${name}
environment: [${variables.join(', ')}]
egress: {allow: [${hosts.map((host) => `'${host}'`).join(', ')}]}
`);
  writeFileSync(join(folder, 'action_nodes/Peep.py'), `import os
import requests
from .. import app


class Peep:
    def execute(self, log, payload=None, context=None):
        has = []
        for name in ${JSON.stringify(secrets)}:
            try:
                has.append('%s(%d)' % (name, len(app.PARAMS['sandbox'][name])))
            except KeyError:
                pass
        has += ['%s(%d)' % (n, len(v)) for n, v in os.environ.items() if n in ${JSON.stringify(variables)}]
        try:
            if payload['url'].startswith('http'):
                has.append('reached %d' % requests.get(payload['url'], timeout=5).status_code)
        except Exception:
            pass
        return {'success': 'true', 'HAS': ' '.join(sorted(has)) or 'nothing'}
`);
  writeFileSync(join(folder, 'flows/main.flow.yaml'), `nodes:
  q: {ask: 'Where?', variable: URL, nlu: false}
  peep:
    do: Peep
    with: {url: '{URL}'}
    variable: HAS
    outputs: [success]
    decide: success
    on: {'true': told, error: failed}
  told: {say: 'has {HAS}', next: q}
  failed: {say: failed, next: q}
`);
  return folder;
}

/** @param {Server} server @param {string} name @param {string} [url] */
async function peep(server, name, url = '-') {
  const {solutions} = /** @type {any} */ (server.ready);
  const {app_id: app} = solutions.find((/** @type {{name: string}} */ each) => each.name === name);
  const sender = randomUUID();
  const say = async (/** @type {string} */ message) => {
    const answer = await post(server.ready.base_url, {sender, message, app_id: app});
    return textOf(/** @type {any} */ (await answer.json()));
  };
  await say('hi');
  return say(url);
}

test('Alone on the server, a solution gets nothing of the server\'s environment unasked', async () => {
  const solution = peeping('Peeping', ['OTHERS_KEY', 'HOME', 'BRAZE_LIVE_API_KEY'],
    ['SOME_SERVER_VARIABLE', 'PATH']);
  const data = temporaryFolder();
  const env = {...kEnvironment, BRAZE_LIVE_API_KEY: '12345678'};
  let server = await Server.start({data, solutions: [solution], env});
  assert.match(await peep(server, 'Peeping'), /^has BRAZE_LIVE_API_KEY\(8\)/);
  const command = /millrace (grant Peeping --secret .*) --data/.exec(server.stderr())?.[1] ?? '';
  assert.match(command, /--secret HOME --secret OTHERS_KEY --env PATH --env SOME_SERVER_VARIABLE/);
  for (const value of Object.values(env)) assert.ok(!server.stderr().includes(value));
  await server.stop();

  // The command that the log says is the one that grants it.
  const granted = await run([...command.split(' '), '--data', data]);
  assert.equal(granted.code, 0, granted.stderr);
  server = await Server.start({data, solutions: [solution], env});
  assert.match(await peep(server, 'Peeping'), /OTHERS_KEY\(19\) .*SOME_SERVER_VARIABLE\(17\)/);
  await server.stop();

  const revoked = await run(['grant', 'Peeping', '--secret', 'OTHERS_KEY', '--revoke', '--data', data]);
  assert.equal(revoked.code, 0, revoked.stderr);
  const listed = await run(['grants', '--data', data, '--json']);
  assert.deepEqual(JSON.parse(listed.stdout).Peeping.secrets, ['HOME']);
  server = await Server.start({data, solutions: [solution], env});
  assert.doesNotMatch(await peep(server, 'Peeping'), /OTHERS_KEY/);
  await server.stop();
});

test('Beside another solution nothing is implied, neither secrets, variables nor hosts', async (t) => {
  const site = createServer((_, response) => response.end('yes'));
  await new Promise((listening) => site.listen(0, '127.0.0.1', () => listening(undefined)));
  t.after(() => site.close());
  const address = site.address();
  assert.ok(address !== null && typeof address === 'object');
  const host = `127.0.0.1:${address.port}`;
  const names = [['KEPT_KEY', 'BRAZE_LIVE_API_KEY'], ['SITE_URL']];
  const [one, two] = ['One', 'Two'].map((name) => peeping(name, names[0], names[1], [host]));
  const [data, folder] = [temporaryFolder(), temporaryFolder()];
  const secrets = join(folder, 'secrets');
  writeFileSync(secrets, 'KEPT_KEY=kept\n', {mode: 0o600});
  const start = (/** @type {string[]} */ solutions, /** @type {string[]} */ more = []) => Server.start({
    data: solutions.length > 1 ? data : temporaryFolder(), solutions,
    more: ['--secrets-file', secrets, '--allow-internal', host, ...more],
    env: {SITE_URL: `http://${host}`, BRAZE_LIVE_API_KEY: '12345678'}});

  let server = await start([one]);
  assert.match(await peep(server, 'One', `http://${host}/`),
    /^has BRAZE_LIVE_API_KEY\(8\) KEPT_KEY\(4\) SITE_URL\(\d+\) reached 200/);
  await server.stop();

  server = await start([one, two]);
  for (const name of ['One', 'Two']) {
    assert.match(await peep(server, name, `http://${host}/`), /^has nothing/);
    assert.match(server.stderr(), new RegExp(`millrace grant ${name} `));
  }
  await server.stop();

  const granted = await run(['grant', 'One', '--secret', 'KEPT_KEY', '--host', host, '--data', data]);
  assert.equal(granted.code, 0, granted.stderr);
  server = await start([one, two]);
  assert.match(await peep(server, 'One', `http://${host}/`), /^has KEPT_KEY\(4\) reached 200/);
  assert.match(await peep(server, 'Two', `http://${host}/`), /^has nothing/);
  await server.stop();

  // A file of the operator's is all there is, also for a solution that is alone.
  const file = join(folder, 'grants.yaml');
  writeFileSync(file, `Two:\n  variables: [SITE_URL]\n  hosts: ['127.0.0.1:*']\n`);
  server = await start([one, two], ['--grants', file]);
  assert.match(await peep(server, 'One', `http://${host}/`), /^has nothing/);
  assert.match(await peep(server, 'Two', `http://${host}/`), /^has SITE_URL\(\d+\) reached 200/);
  await server.stop();
  server = await start([one], ['--grants', file]);
  assert.match(await peep(server, 'One', `http://${host}/`), /^has nothing/);
  await server.stop();
});

test('check and deploy say what has to be granted, and a wrong grant is refused', async () => {
  const solution = peeping('Peeping', ['OTHERS_KEY'], ['SOME_SERVER_VARIABLE']);
  const data = temporaryFolder();
  const command = 'millrace grant Peeping --secret OTHERS_KEY --env SOME_SERVER_VARIABLE --data';
  const checked = await run(['check', solution]);
  assert.equal(checked.code, 0, checked.stdout);
  assert.ok(checked.stdout.includes(`${command} DIR`), checked.stdout);
  const deployed = await run(['deploy', solution, '--data', data], kBinary, kEnvironment);
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.ok(deployed.stderr.includes(`${command} ${data}`), deployed.stderr);
  for (const wrong of [[], ['--secret', 'A B'], ['--host', 'http://x/'], ['--env', '']]) {
    const refused = await run(['grant', 'Peeping', ...wrong, '--data', data]);
    assert.notEqual(refused.code, 0, wrong.join(' '));
  }
  writeFileSync(join(data, 'grants.json'), '{"format": 1, "gra');
  const damaged = await run(['grants', '--data', data]);
  assert.equal(damaged.code, 1);
  assert.match(damaged.stderr, /grants\.json/);
});
