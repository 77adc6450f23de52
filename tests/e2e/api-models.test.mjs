// What people mean, by the operator's API: models of drafts that are made, tried and judged; what
// was not understood; and where people stand in the flows.

import assert from 'node:assert/strict';
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {listen} from './support/live.mjs';
import {Api, firstOwner, keyWith, talk} from './support/operators.mjs';
import {Server, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';
import {isOfModels} from './support/writing.mjs';

const kName = 'Questions';
const kValues = {solution: kName, workspace: 'main'};
const kFlow = `nodes:
  menu:
    ask: What would you like to know?
    buttons: [Nothing: bye]
  bye: {say: Bye, end: true}
  hours: {intent: hours, say: We open at nine., next: menu}
  parking: {intent: parking, say: Behind the house., next: menu}
`;
const kExamples = `intents:
  hours: [when do you open, are you open on sunday, opening hours please,
    at what time do you close, until when are you open]
  parking: [where can I park, is there parking, can I leave my car,
    do you have a car park, is parking free]
out_of_scope: [tell me a joke, who are you]
`;

function questions() {
  const folder = join(temporaryFolder(), kName);
  cpSync(join(kRepository, 'examples/blank'), folder, {recursive: true});
  const app = readFileSync(join(folder, 'app.py'), 'utf8').replaceAll('Blank', kName);
  writeFileSync(join(folder, 'app.py'), app);
  writeFileSync(join(folder, 'solution.yaml'), `name: ${kName}\ndefault_locale: en\n`);
  writeFileSync(join(folder, 'flows/main.flow.yaml'), kFlow);
  writeFileSync(join(folder, 'tests/main.test.yaml'), 'tests: []\n');
  mkdirSync(join(folder, 'nlu'));
  writeFileSync(join(folder, 'nlu/en.yaml'), kExamples);
  return folder;
}

describe('models, and what was not understood', () => {
  const data = join(temporaryFolder(), 'data');
  const folder = questions();
  /** @type {Server} */ let server;
  /** @type {Api} */ let api;
  /** @type {import('./support/operators.mjs').Client} */ let owner;
  /** @type {import('./support/operators.mjs').Client} */ let viewer;

  before(async () => {
    const trained = await run(['nlu', 'train', folder]);
    assert.equal(trained.code, 0, trained.stderr);
    server = await Server.start({data, solutions: [folder]});
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    owner = await firstOwner(api, /** @type {any} */ (server.ready).owner_link);
    viewer = await keyWith(api, data, `viewer@${kName}`);
  });
  after(() => server.stop());

  /** @param {string} id */
  const ended = (id) =>
    until('the run', async () => {
      const now = await viewer.get('getRun', {values: {run: id}});
      return now.done && now;
    });
  const models = () =>
    readdirSync(data, {recursive: true, encoding: 'utf8'})
      .filter((name) => name.endsWith('.model'))
      .sort();

  test('a look at the files leaves the model that is kept beside them', async () => {
    await viewer.all('listWorkspaceFiles', {values: kValues});
    assert.ok(readdirSync(join(folder, '.millrace')).some((name) => name.endsWith('.model')));
    const {texts} = await viewer.get('parseTexts', {
      values: kValues,
      body: {texts: ['when do you open']},
    });
    assert.equal(texts[0].guesses[0].intent, 'hours', 'by the model that was made by hand');
  });

  test('makes a model of a draft, which no version and no folder gets', async () => {
    const before = models();
    const overlay = {
      'nlu/en.yaml': kExamples.replace(
        'intents:\n',
        'intents:\n  pets: [my dog, a cat, dogs allowed, bring a pet, may my cat come]\n',
      ),
    };
    const body = {overlay, texts: ['may I bring my dog'], locale: 'en'};
    const early = await viewer.ask('parseTexts', {values: kValues, body});
    assert.equal(early.status, 409, early.text);
    const {run: id} = await viewer.get('trainModel', {values: kValues, body: {overlay}});
    const live = await listen(api, viewer.headers);
    await live.subscribe(`run:${id}`, {after: 0});
    const done = await live.hears('done');
    assert.ok(done.data.result.bytes > 0);
    const steps = live.heard.filter(({type}) => type === 'progress');
    assert.ok(steps.length > 2, JSON.stringify(live.heard));
    assert.deepEqual(
      steps.map(({seq}) => seq),
      steps.map((_, i) => i + 1),
    );
    live.end();
    const state = await ended(id);
    assert.equal(state.kind, 'training');
    assert.deepEqual(state.problems, []);
    const {fingerprint, texts} = await viewer.get('parseTexts', {values: kValues, body});
    assert.equal(fingerprint, state.result.fingerprint);
    assert.equal(texts[0].guesses[0].intent, 'pets');
    assert.equal(texts[0].nearest[0].intent, 'pets');
    assert.deepEqual(models(), before);
    const other = await keyWith(api, data, 'owner@Other');
    assert.equal((await other.ask('trainModel', {values: kValues, body: {}})).status, 403);
    assert.equal((await other.ask('getRun', {values: {run: id}})).status, 404);
  });

  test('judges the examples, and says why it cannot', async () => {
    const body = {folds: 2};
    const {run: id} = await viewer.get('evaluateModel', {values: kValues, body});
    const {kind, result, steps} = await ended(id);
    assert.equal(kind, 'evaluation');
    assert.equal(result.in_scope, 10);
    assert.equal(result.out_of_scope, 2);
    assert.ok(result.right > 0);
    assert.deepEqual(steps, ['part 1 of 2', 'part 2 of 2']);
    const overlay = {'nlu/en.yaml': 'intents:\n  hours: [open]\n'};
    for (const operation of ['trainModel', 'evaluateModel']) {
      const few = await viewer.ask(operation, {values: kValues, body: {overlay}});
      assert.equal(few.status, 409, few.text);
    }
    const scripts = {overlay: {'app.py': 'import os\n'}};
    assert.equal((await viewer.ask('trainModel', {values: kValues, body: scripts})).status, 403);
    for (const wrong of [{}, {texts: []}, {texts: 'x'}, {texts: [1]}]) {
      const answered = await viewer.ask('parseTexts', {values: kValues, body: wrong});
      assert.equal(answered.status, 400, JSON.stringify(wrong));
    }
  });

  test('lists what was not understood, masked, until somebody is done with it', async () => {
    const values = {solution: kName};
    for (const sender of ['a', 'b']) {
      await talk(server.ready, kName, sender, ['hi', 'Xylophone quagga', 'when do you open']);
    }
    await talk(server.ready, kName, 'c', ['hi', 'xylophone  QUAGGA']);
    const found = await until('what was said', async () => {
      const all = await owner.all('listMisunderstood', {values});
      const one = all.find(({text}) => /quagga/i.test(text));
      return one?.count === 3 && one;
    });
    assert.equal(found.locale, 'en');
    const masked = await viewer.ask('listMisunderstood', {values});
    assert.ok(!/quagga/i.test(masked.text));
    assert.equal(masked.body.items.find((/** @type {any} */ {id}) => id === found.id).count, 3);
    assert.deepEqual(await owner.all('listMisunderstood', {values, query: {locale: 'pt'}}), []);
    const other = await keyWith(api, data, 'owner@Other');
    assert.equal((await other.ask('listMisunderstood', {values})).status, 404);
    const settled = {...values, text: found.id};
    assert.equal((await other.ask('settleMisunderstood', {values: settled})).status, 404);
    assert.equal((await viewer.ask('settleMisunderstood', {values: settled})).status, 403);
    await owner.get('settleMisunderstood', {values: settled});
    const ids = async () => (await owner.all('listMisunderstood', {values})).map(({id}) => id);
    assert.ok(!(await ids()).includes(found.id));
    await talk(server.ready, kName, 'd', ['hi', 'xylophone quagga']);
    await until('it is said again', async () => (await ids()).includes(found.id));
    const none = {...values, text: 'nothing'};
    assert.equal((await owner.ask('settleMisunderstood', {values: none})).status, 404);
    const rows = await owner.all('listAudit', {query: {action: 'misunderstood.'}});
    assert.ok(rows.some(({action}) => action === 'misunderstood.done'));
    assert.ok(!/quagga/i.test(JSON.stringify(rows)));
  });

  test('says where people stand, and who was lost', async () => {
    const values = {solution: kName};
    await talk(server.ready, kName, 'e', ['hi', 'Nothing']);
    const nodes = await until('the counts', async () => {
      const {versions} = await viewer.get('getLiveNodes', {values});
      const [of] = Object.values(versions);
      return of?.['main.bye']?.in_24h === 1 && of;
    });
    assert.equal(nodes['main.menu'].here, 4);
    assert.equal(nodes['main.menu'].in_24h, 5);
    assert.equal(nodes['main.hours'].in_24h, 2);
    assert.equal(nodes['main.bye'].here, 0);
    const sandbox = {environment: 'sandbox'};
    await viewer.get('getLiveNodes', {values, query: sandbox});
    const live = await viewer.ask('getLiveNodes', {values, query: {environment: 'live'}});
    assert.equal(live.status, 400);
    const other = await keyWith(api, data, 'owner@Other');
    assert.equal((await other.ask('getLiveNodes', {values})).status, 404);
    assert.equal((await owner.ask('getLiveNodes', {values: {solution: 'None'}})).status, 404);
  });

  test('every operation was called', () => {
    const missed = api.operations
      .filter(({path}) => isOfModels(path))
      .map(({id}) => id)
      .filter((id) => ![...api.called].some((each) => each.startsWith(`${id} 2`)));
    assert.deepEqual(missed, []);
    assert.ok(existsSync(join(folder, '.millrace')), 'and the model is still there');
  });
});
