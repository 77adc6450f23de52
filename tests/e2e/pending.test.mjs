// A script that leaves its call pending: the consumer is told, an outside system completes it later
// with the token, also after the server was killed.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {RestTalker, textOf} from './support/rest.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kApp = `import os
NAME = 'Pending'
BOTS = []
CSV_BOTS = ['Pending']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kScript = `class Order:
    def execute(self, log, payload=None, context=None):
        log.info('left pending', token=context['completion_token'])
        return {'pending': True}
`;
const kFlow = `nodes:
  nothing:
    set: {NUMBER: ''}
  order:
    do: Order
    outputs: [success]
    decide: success
    on: {'true': done, error: sorry}
  done:
    ask: 'Order {NUMBER} is ready. Anything else?'
    variable: MORE
  bye:
    say: Bye.
    end: true
  sorry:
    say: Sorry.
    end: true
`;

describe('a call left pending', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const solution = join(folder, 'solution');
  /** @type {Server} */
  let server;

  before(async () => {
    for (const inner of ['flows', 'action_nodes']) {
      mkdirSync(join(solution, inner), {recursive: true});
    }
    writeFileSync(join(solution, 'app.py'), kApp);
    writeFileSync(join(solution, 'action_nodes/Order.py'), kScript);
    writeFileSync(join(solution, 'flows/main.flow.yaml'), kFlow);
    writeFileSync(join(solution, 'solution.yaml'), 'name: Pending\n');
    server = await Server.start({data, solutions: [solution], logLevel: 'info'});
  });
  after(() => server.stop());

  /**
   * @param {string} token
   * @param {unknown} result
   */
  const complete = (token, result) =>
    fetch(`${server.ready.base_url}/actions/v1/completions/${token}`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(result),
    });

  test('is completed once, after a kill, and by nobody without the token', async () => {
    const talker = new RestTalker(server.ready.base_url, 'ada');
    assert.equal(textOf(await talker.say('hi')), '', 'nobody waits for what may take hours');
    const token = await until('the token in the log',
      () => server.stderr().match(/left pending.*token=([\w-]+)/)?.[1]);
    await server.kill();
    server = await Server.start({
      data, solutions: [solution], ports: server.ports, logLevel: 'info',
    });
    const forged = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA');
    assert.equal((await complete(forged, {success: 'true'})).status, 403);
    assert.equal((await complete(token, 'no object')).status, 400);
    assert.equal((await complete(token, {success: 'true', NUMBER: '17'})).status, 204);
    assert.equal((await complete(token, {success: 'true', NUMBER: '18'})).status, 404);
    const again = new RestTalker(server.ready.base_url, 'ada');
    assert.equal(textOf(await again.say('no', 'later-1')), 'Bye.');
  });
});
