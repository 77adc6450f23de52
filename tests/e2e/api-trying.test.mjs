// Drafts that are tried and run by the operator's API: conversations, tests, single scripts, and
// the secrets that scripts have.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {listen} from './support/live.mjs';
import {keyWith} from './support/operators.mjs';
import {run} from './support/server.mjs';
import {until} from './support/until.mjs';
import {isTried, kFlow, kMain as main, kMore, writing} from './support/writing.mjs';

describe('drafts that are tried', () => {
  /** @type {Awaited<ReturnType<typeof writing>>} */ let all;
  before(async () => {
    all = await writing();
  });
  after(() => all.server.stop());

  test('lays out, renames and converts as proposals', async () => {
    const {viewer, onDisk} = all;
    const laid = await viewer.get('formatFile', {
      values: main,
      body: {path: kFlow, text: 'nodes:\n    a:   Hello\n'},
    });
    assert.equal(laid.text, 'nodes:\n  a: Hello\n');
    const before = onDisk('flows/more.flow.yaml');
    const renamed = await viewer.get('refactor', {
      values: main,
      body: {rename: {from: 'more.bye', to: 'farewell'}},
    });
    assert.equal(renamed.files.length, 1);
    assert.match(renamed.files[0].text, /true': farewell, error: farewell/);
    assert.match(renamed.files[0].text, / {2}farewell:\n {4}was: more.bye\n/);
    assert.equal(onDisk('flows/more.flow.yaml'), before);
    const overlay = {'flows/more.flow.yaml': renamed.files[0].text};
    const checked = await viewer.get('checkWorkspace', {values: main, body: {overlay}});
    assert.equal(checked.sound, true, JSON.stringify(checked.problems));
    const extracted = await viewer.get('refactor', {
      values: main,
      body: {extract: {nodes: ['more.greet', 'more.bye'], flow: 'greeting'}},
    });
    const texts = Object.fromEntries(
      extracted.files.map((/** @type {any} */ {path, text}) => [path, text]),
    );
    assert.match(texts['flows/greeting.flow.yaml'], /^nodes:\n {2}greet:\n {4}was: more.greet\n/);
    assert.match(texts['flows/more.flow.yaml'], / {2}hello:\n {4}next: greeting.greet\n/);
    assert.equal(onDisk('flows/more.flow.yaml'), before);
    const moved = await viewer.get('checkWorkspace', {values: main, body: {overlay: texts}});
    assert.equal(moved.sound, true, JSON.stringify(moved.problems));
    const taken = {extract: {nodes: ['more.bye'], flow: 'main'}};
    assert.equal((await viewer.ask('refactor', {values: main, body: taken})).status, 409);
    const csv = await viewer.get('refactor', {values: main, body: {convert: 'csv'}});
    const wrong = [
      {},
      {convert: 'csv', rename: {from: 'a.b', to: 'c'}},
      {convert: 'pdf'},
      {extract: {nodes: [], flow: 'x'}},
      {extract: {nodes: ['more.bye'], flow: 'x'}, convert: 'csv'},
    ];
    for (const body of wrong) {
      assert.equal((await viewer.ask('refactor', {values: main, body})).status, 400);
    }
    assert.ok(csv.files.length > 0 || csv.problems.length > 0);
    const diff = await viewer.get('diffWorkspace', {values: main, body: {from: 'live', overlay}});
    assert.deepEqual(
      diff.nodes.map((/** @type {any} */ {id, change}) => `${id} ${change}`).sort(),
      ['more.bye removed', 'more.farewell added', 'more.greet changed'],
    );
    for (const schema of ['flow', 'solution', 'messages', 'nlu', 'test']) {
      const text = await viewer.get('getSchema', {values: {schema}});
      assert.ok(text.$schema, schema);
    }
    assert.equal((await viewer.ask('getSchema', {values: {schema: 'x'}})).status, 404);
  });

  test('tries a draft, goes back, holds it again, and makes a test of it', async () => {
    const {owner, viewer} = all;
    const begun = await viewer.get('beginTry', {body: {solution: 'Signup', from: 'more.hello'}});
    const values = {try: begun.try};
    assert.equal(begun.turns[0].said[0].text, 'Who is there?');
    const said = await viewer.get('sayInTry', {values, body: {text: 'Ada'}});
    const last = said.turns.at(-1);
    assert.equal(last.said.at(-1).text, 'Bye, Ada.');
    assert.equal(last.calls[0].command, 'Greet');
    assert.deepEqual(last.calls[0].payload, {name: 'Ada'});
    assert.deepEqual(last.variables, {WHO: 'Ada'});
    assert.equal(last.phase, 'ended');
    const back = await viewer.get('goBackInTry', {values, body: {turn: 1}});
    assert.equal(back.turns.length, 1);
    await viewer.get('sayInTry', {values, body: {text: 'Bob'}});
    const overlay = {'flows/more.flow.yaml': kMore.replace('Bye, {WHO}', 'See you, {WHO}')};
    const reloaded = await viewer.get('reloadTry', {values, body: {overlay}});
    assert.equal(reloaded.first_difference.before.said[0].text, 'Bye, Bob.');
    assert.equal(reloaded.first_difference.after.said[0].text, 'See you, Bob.');
    assert.deepEqual((await viewer.get('getTry', {values})).turns, reloaded.turns);
    // Nobody else has it, whatever they may.
    assert.equal((await owner.ask('getTry', {values})).status, 404);
    assert.equal((await owner.ask('endTry', {values})).status, 404);
    await viewer.get('endTry', {values});
    assert.equal((await viewer.ask('getTry', {values})).status, 404);

    const ask = {solution: 'Signup', from: 'more.hello', actions: 'ask'};
    const asked = {try: (await viewer.get('beginTry', {body: ask})).try};
    const waiting = await viewer.get('sayInTry', {values: asked, body: {text: 'Ada'}});
    assert.equal(waiting.awaited.command, 'Greet');
    const result = {action_result: {end: 'timed_out'}};
    await viewer.get('sayInTry', {values: asked, body: result});
    assert.equal((await viewer.ask('sayInTry', {values: asked, body: result})).status, 409);
    for (const body of [{}, {text: 'a', choice: 'b'}, {skip_ms: -1}, {nothing: 1}]) {
      assert.equal((await viewer.ask('sayInTry', {values: asked, body})).status, 400);
    }
    assert.equal(
      (await viewer.ask('beginTry', {body: {...ask, actions: 'run'}})).status,
      403,
      'running scripts takes a right',
    );
    const runs = {try: (await owner.get('beginTry', {body: {...ask, actions: 'run'}})).try};
    const ran = await owner.get('sayInTry', {values: runs, body: {text: 'Ada'}});
    const call = ran.turns.flatMap((/** @type {any} */ turn) => turn.calls)[0];
    assert.deepEqual(call.answer.result, {success: 'true', for: 'Ada'});
  });

  test('writes a test that millrace test runs', async () => {
    const {data, folder, api, designer, viewer, saved} = all;
    const begun = await viewer.get('beginTry', {body: {solution: 'Signup'}});
    const values = {try: begun.try};
    for (const text of ['Ada', 'Lovelace', 'ada@example.com', '10 December 1990', 'London']) {
      await viewer.get('sayInTry', {values, body: {text}});
    }
    await viewer.get('sayInTry', {values, body: {choice: 'Linux'}});
    const made = await viewer.get('testFromTry', {
      values,
      body: {name: "Ada's way", expect: ['buttons', 'variables', 'calls']},
    });
    assert.equal(made.path, 'tests/ada-s-way.test.yaml');
    const overlay = {[made.path]: made.text};
    const {run: id} = await viewer.get('runTests', {values: main, body: {overlay}});
    const state = await until('the run', async () => {
      const now = await viewer.get('getRun', {values: {run: id}});
      return now.done && now;
    });
    assert.deepEqual(state.problems, []);
    assert.equal(state.failed, 0, JSON.stringify(state.outcomes));
    assert.ok(state.outcomes.some((/** @type {any} */ each) => each.name === "Ada's way"));
    assert.ok(state.coverage.percent > 0);
    assert.ok(state.coverage.missed_nodes.includes('more.greet'));
    assert.equal((await saved(designer, [{path: made.path, text: made.text}])).status, 200);
    const tested = await run(['test', folder]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    const other = await keyWith(api, data, 'owner@Other');
    assert.equal((await other.ask('getRun', {values: {run: id}})).status, 404);
    assert.equal((await other.ask('runTests', {values: main, body: {}})).status, 403);
  });

  test('tells of a run over the live socket', async () => {
    const {api, viewer} = all;
    const {run: id} = await viewer.get('runTests', {values: main, body: {}});
    const live = await listen(api, viewer.headers);
    await live.subscribe(`run:${id}`, {after: 0});
    const done = await live.hears('done');
    assert.equal(done.topic, `run:${id}`);
    const outcomes = live.heard.filter(({type}) => type === 'outcome');
    assert.equal(outcomes.length, done.data.tests);
    assert.ok(outcomes.every(({data: {passed}}) => passed));
    const refused = await live.subscribe('run:nothing');
    assert.equal(refused.error.type, 'permission_denied');
    live.end();
  });

  test('looks at scripts and runs one in the sandbox', async () => {
    const {owner, designer, viewer} = all;
    const values = {...main, action: 'Greet'};
    const looked = await viewer.get('inspectAction', {values, body: {}});
    assert.equal(looked.usable, true);
    assert.deepEqual(looked.payload, ['name']);
    const text = 'class Greet:\n    def execute(self:\n';
    assert.equal((await designer.ask('inspectAction', {values, body: {text}})).status, 403);
    const wrong = await owner.get('inspectAction', {values, body: {text}});
    assert.ok(wrong.problems.some((/** @type {any} */ {line}) => line === 2));
    const ran = await designer.get('runAction', {values, body: {payload: {name: 'Ada'}}});
    assert.equal(ran.outcome, 'returned');
    assert.deepEqual(ran.result, {success: 'true', for: 'Ada'});
    assert.equal(ran.road, 'more.bye');
    assert.ok(ran.log.some((/** @type {string} */ line) => line.includes('greeting')));
    const live = {payload: {name: 'Ada'}, environment: 'live'};
    assert.equal((await designer.ask('runAction', {values, body: live})).status, 403);
    assert.equal((await viewer.ask('runAction', {values, body: {}})).status, 403);
    const nothing = {...main, action: 'Nothing'};
    assert.equal((await owner.ask('runAction', {values: nothing, body: {}})).status, 404);
    const odd = {...main, action: '../app'};
    const refused = await owner.ask('runAction', {values: odd, body: {}});
    assert.ok([400, 404].includes(refused.status));
  });

  test('takes secrets and gives none back', async () => {
    const {data, server, api, owner} = all;
    const value = 'a very hidden value';
    const values = {secret: 'API_KEY'};
    const set = await owner.get('setSecret', {values, body: {value}});
    assert.equal(set.version, 1);
    assert.equal((await owner.get('setSecret', {values, body: {value}})).version, 2);
    const listed = await owner.ask('listSecrets');
    assert.equal(listed.body.items[0].name, 'API_KEY');
    assert.ok(!listed.text.includes(value));
    const odd = {secret: '1 is no name'};
    assert.equal((await owner.ask('setSecret', {values: odd, body: {value}})).status, 400);
    const within = await keyWith(api, data, 'owner@Signup');
    assert.equal((await within.ask('setSecret', {values, body: {value}})).status, 403);
    assert.equal((await within.ask('listSecrets')).status, 403);
    await owner.get('removeSecret', {values});
    assert.equal((await owner.ask('removeSecret', {values})).status, 404);
    const rows = await owner.all('listAudit', {query: {action: 'secret.'}});
    assert.ok(rows.length >= 3);
    assert.ok(!JSON.stringify(rows).includes(value));
    assert.ok(!server.stderr().includes(value));
  });

  test('every operation was called', async () => {
    const {api, owner} = all;
    const rows = await owner.all('listAudit', {query: {action: 'action.run'}});
    assert.ok(rows.length >= 1);
    const missed = api.operations
      .filter(({path}) => isTried(path))
      .map(({id}) => id)
      .filter((id) => ![...api.called].some((each) => each.startsWith(`${id} 2`)));
    assert.deepEqual(missed, []);
  });
});
