// A command under which workers keep ending is put aside: it is listed, its flow goes on by its error
// road without running it, others run on, also after a restart, and the operator releases it.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {RestTalker, textOf} from './support/rest.mjs';
import {run, Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kApp = `import os
NAME = 'Quarantine'
BOTS = []
CSV_BOTS = ['Quarantine']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kEnds = `import os

class Ends:
    def execute(self, log, payload=None, context=None):
        if payload['text'] == 'end':
            os._exit(3)
        return {'success': 'true'}
`;
const kFlow = `nodes:
  hello:
    ask: Say something.
    variable: WORD
  act:
    do: Ends
    with: {text: '{WORD}'}
    outputs: [success]
    decide: success
    on: {'true': fine, error: sorry}
  fine:
    say: It ran.
    end: true
  sorry:
    say: It did not run.
    end: true
`;
// As docs/actions.md says: a command is put aside after ten workers in a row.
const kWorkersMax = 10;

describe('a command that keeps ending its workers', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const solution = join(folder, 'solution');
  /** @type {Server} */
  let server;
  let people = 0;

  const start = async () => {
    server = await Server.start({data, solutions: [solution]});
  };
  /** @param {string} word */
  const act = async (word) => {
    const talker = new RestTalker(server.ready.base_url, `person${++people}`);
    await talker.say('hi');
    return textOf(await talker.say(word));
  };
  const listed = async () => {
    const given = await run(['actions', 'quarantined', '--data', data, '--json']);
    assert.equal(given.code, 0, given.stderr);
    return JSON.parse(given.stdout);
  };

  before(async () => {
    for (const inner of ['flows', 'action_nodes']) {
      mkdirSync(join(solution, inner), {recursive: true});
    }
    writeFileSync(join(solution, 'app.py'), kApp);
    writeFileSync(join(solution, 'action_nodes/Ends.py'), kEnds);
    writeFileSync(join(solution, 'flows/main.flow.yaml'), kFlow);
    writeFileSync(join(solution, 'solution.yaml'), 'name: Quarantine\n');
    await start();
  });
  after(() => server.stop());

  test('is put aside, and its flow goes on by the error road', async () => {
    assert.match(await act('stay'), /It ran/);
    assert.deepEqual(await listed(), []);
    for (let i = 0; i < kWorkersMax; ++i) assert.match(await act('end'), /It did not run/);
    const aside = await until('the list', async () => {
      const all = await listed();
      return all.length > 0 && all;
    });
    assert.equal(aside.length, 1);
    assert.equal(aside[0].command, 'Ends');
    assert.match(await act('stay'), /It did not run/);
  });

  test('stays aside over a restart', async () => {
    await server.kill();
    await start();
    assert.match(await act('stay'), /It did not run/);
    assert.equal((await listed()).length, 1);
  });

  test('runs again once the operator has released it', async () => {
    const [aside] = await listed();
    const unknown = await run(['actions', 'release', 'NoSuchCommand', '--data', data]);
    assert.notEqual(unknown.code, 0);
    const released = await run(['actions', 'release', aside.command, '--data', data]);
    assert.equal(released.code, 0, released.stderr);
    assert.deepEqual(await listed(), []);
    await until('the running server to notice',
      async () => /It ran/.test(await act('stay')));
  });
});
