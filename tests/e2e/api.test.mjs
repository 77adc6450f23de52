// The operator's API against its own document: the document is sound, every operation in it is
// called, and every answer, refusals too, is what it says.

import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Validator} from '@seriousme/openapi-schema-validator';

import {Api, Client, firstOwner, keyWith, kPassword, signupAs, talk} from './support/operators.mjs';
import {answersOf, newPerson, setFaults} from './support/people.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';
import {isOfModels, kPaths} from './support/writing.mjs';

/** All files of a folder, as the API takes them. @param {string} folder */
function filesOf(folder, prefix = '') {
  /** @type {Record<string, string>} */
  const files = {};
  for (const entry of readdirSync(join(folder, prefix), {withFileTypes: true})) {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      Object.assign(files, filesOf(folder, path));
    } else {
      files[path] = readFileSync(join(folder, path), 'utf8');
    }
  }
  return files;
}

describe("the operator's API", () => {
  const data = join(temporaryFolder(), 'data');
  const folder = signupAs('Signup');
  /** @type {Server} */ let server;
  /** @type {Api} */ let api;
  /** @type {Client} */ let owner;
  const person = newPerson();

  before(async () => {
    server = await Server.start({data, solutions: [folder], logLevel: 'info'});
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    owner = await firstOwner(api, /** @type {any} */ (server.ready).owner_link);
    await setFaults(server.ready, {mode: 'refuse', status: 503, path: ''});
    await talk(server.ready, 'Signup', 'somebody', ['hi', ...answersOf(person)]);
  });
  after(() => server.stop());

  const chatId = async () => (await owner.all('listChats'))[0].id;

  test('describes itself in a sound OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(structuredClone(api.document));
    assert.ok(result.valid, JSON.stringify(result.errors));
    assert.equal(api.document.openapi, '3.1.0');
    for (const {id, who} of api.operations) {
      assert.ok(who === 'anyone' || who === 'signed_in' || who.right, `${id} says who may ask`);
    }
  });

  test('lists chats by pages, shows one, and reads its turns', async () => {
    for (const sender of ['b', 'c', 'd']) await talk(server.ready, 'Signup', sender, ['hi']);
    const chats = await owner.all('listChats', {query: {limit: '2'}});
    assert.equal(new Set(chats.map(({id}) => id)).size, 4);
    assert.equal((await owner.all('listChats', {query: {solution: 'Nothing'}})).length, 0);
    const [first] = (await owner.all('listChats')).filter(({turns}) => turns > 3);
    const shown = await owner.get('getChat', {values: {chat: first.id}});
    assert.equal(shown.masked, false);
    assert.equal(Object.values(shown.state.variables).includes(person.city), true);
    const turns = await owner.all('listTurns', {values: {chat: first.id}, query: {limit: '3'}});
    assert.ok(JSON.stringify(turns).includes(person.email));
    assert.deepEqual(
      turns.map(({turn}) => turn),
      turns.map((_, i) => turns[0].turn + i),
    );
    await owner.get('listParkedChats');
    const replayed = await owner.get('replayChat', {values: {chat: first.id}});
    assert.equal(replayed.same, true);
    const made = await owner.get('testFromChat', {values: {chat: first.id}});
    assert.match(made.text, /tests|expect|say/);
  });

  test('masks what people said from who may not read it', async () => {
    const viewer = await keyWith(api, data, 'viewer');
    const [{id: chat}] = (await owner.all('listChats')).filter(({turns}) => turns > 3);
    const shown = await viewer.get('getChat', {values: {chat}});
    const turns = await viewer.all('listTurns', {values: {chat}});
    assert.equal(shown.masked, true);
    const all = JSON.stringify([shown, turns]);
    for (const value of [person.first, person.last, person.email, person.city]) {
      assert.ok(!all.includes(value), `${value} in ${all}`);
    }
    assert.ok(turns.length > 3);
  });

  test('shows deliveries, and has them tried again or dropped', async () => {
    const [delivery] = await until('a delivery', async () => {
      const some = await owner.all('listDeliveries', {query: {state: 'waiting'}});
      return some.length > 0 && some;
    });
    assert.ok(!JSON.stringify(delivery).includes(person.email));
    const values = {delivery: delivery.key};
    const shown = await owner.get('getDelivery', {values});
    assert.equal(shown.body, undefined);
    const revealed = await owner.get('getDelivery', {values, query: {reveal: 'true'}});
    assert.ok(JSON.stringify(revealed.body).includes(person.email));
    assert.deepEqual(await owner.get('retryDelivery', {values}), {ordered: 1});
    const filter = {state: 'waiting', solution: 'Signup'};
    const preview = await owner.get('orderDeliveries', {
      body: {action: 'drop', filter, preview: true},
    });
    assert.ok(preview.meant >= 1);
    assert.equal(preview.ordered, 0);
    await owner.get('orderDeliveries', {body: {action: 'retry', filter}});
    await owner.get('dropDelivery', {values});
    await until(
      'the drop',
      async () => (await owner.get('getDelivery', {values})).state === 'dropped',
    );
    assert.equal((await owner.ask('getDelivery', {values: {delivery: 'nothing'}})).status, 404);
  });

  test('shows calls of action nodes', async () => {
    const chat = await chatId();
    const calls = await owner.all('listCalls', {query: {chat}});
    assert.ok(Array.isArray(calls));
    assert.equal((await owner.ask('listCalls')).status, 400);
    assert.equal((await owner.ask('getCall', {values: {call: `${chat}:9:9`}})).status, 404);
  });

  test('exports a person and erases them, with a receipt', async () => {
    await setFaults(server.ready, {mode: 'none'});
    await talk(server.ready, 'Signup', 'gone', ['hi', 'Ludovica']);
    const chat = (await owner.all('listChats'))[0];
    const values = {consumer: chat.consumer};
    const exported = await owner.ask('exportPerson', {values});
    assert.equal(exported.status, 200);
    assert.ok(exported.text.includes('Ludovica'));
    const receipt = await until('the erasure', async () => {
      const answered = await owner.ask('erasePerson', {values});
      return answered.status === 200 && answered.body;
    });
    assert.equal(receipt.consumers, 1);
    assert.ok(receipt.turns >= 2);
    assert.equal((await owner.ask('exportPerson', {values})).status, 404);
    assert.equal((await owner.ask('getChat', {values: {chat: chat.id}})).status, 404);
    assert.equal((await owner.ask('erasePerson', {values: {consumer: 'nobody'}})).status, 404);
  });

  test('checks, weighs, deploys and rolls back', async () => {
    const values = {solution: 'Signup'};
    const [served] = await owner.all('listSolutions');
    assert.equal(served.name, 'Signup');
    assert.ok(served.live_chats >= 1);
    const files = filesOf(folder);
    const flow = Object.keys(files).find((path) => path.endsWith('.flow.yaml')) ?? '';
    const checked = await owner.get('checkFiles', {values, body: {files}});
    assert.equal(checked.sound, true);
    const broken = await owner.get('checkFiles', {
      values,
      body: {files: {...files, [flow]: 'nodes: ['}},
    });
    assert.equal(broken.sound, false);
    assert.ok(broken.problems.length >= 1);
    const changed = {...files, [flow]: `# another word\n${files[flow]}`};
    await owner.get('getImpact', {values, body: {files: changed}});
    const deployed = await owner.get('deploy', {values, body: {files: changed, on_live: 'pin'}});
    await until(
      'the deploy',
      async () => (await owner.all('listSolutions'))[0].version === deployed.hash,
    );
    const versions = await owner.all('listVersions', {values});
    assert.deepEqual(
      versions.map(({is_current: is}) => is),
      [false, true],
    );
    const version = deployed.hash;
    const listed = await owner.all('listFiles', {values: {...values, version}});
    assert.ok(listed.some(({path}) => path === flow));
    const file = await owner.ask('getFile', {values: {...values, version, path: flow}});
    assert.equal(file.body.text, changed[flow]);
    const same = await fetch(`${api.url}/solutions/Signup/versions/${version}/files/${flow}`, {
      headers: {...owner.headers, 'If-None-Match': file.headers.get('etag') ?? ''},
    });
    assert.equal(same.status, 304);
    const back = await owner.get('rollBack', {values, body: {}});
    assert.equal(back.now.number, 1);
    const again = await owner.get('deploy', {values, body: {version: deployed.hash}});
    assert.equal(again.number, 2);
    for (const path of ['../evil.py', '/etc/evil', 'a/../../b', '.git/config', 'a\\b']) {
      const answered = await owner.ask('checkFiles', {values, body: {files: {[path]: ''}}});
      assert.equal(answered.status, 400, path);
    }
    assert.equal((await owner.ask('listVersions', {values: {solution: 'Nothing'}})).status, 404);
  });

  test('keeps people and keys, with If-Match', async () => {
    const added = await owner.ask('addUser', {body: {name: 'ben', grants: [{role: 'viewer'}]}});
    assert.equal(added.status, 201);
    const values = {user: added.body.id};
    const shown = await owner.ask('getUser', {values});
    const etag = shown.headers.get('etag') ?? '';
    const grants = [{role: 'designer', solution: 'Signup'}];
    const changed = await owner.ask('changeUser', {
      values,
      body: {grants},
      headers: {'If-Match': etag},
    });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body.grants, grants);
    const late = await owner.ask('changeUser', {
      values,
      body: {disabled: true},
      headers: {'If-Match': etag},
    });
    assert.equal(late.status, 412);
    assert.equal((await owner.all('listUsers', {query: {limit: '1'}})).length, 2);
    const link = await owner.get('makeLink', {values, body: {}});
    const nobody = new Client(api, {Origin: api.origin, 'X-Millrace': '1'});
    assert.deepEqual(await nobody.get('lookAtLink', {body: {token: link.token}}), {name: 'ben'});
    await nobody.get('useLink', {body: {token: link.token, password: kPassword}});
    assert.equal(
      (await nobody.ask('useLink', {body: {token: link.token, password: kPassword}})).status,
      404,
    );
    const [session] = await owner.all('listSessions', {values});
    await owner.get('endUserSession', {values: {...values, session: session.id}});
    const key = await owner.get('makeKey', {body: {name: 'k', grants: [{rights: ['chat.read']}]}});
    assert.equal((await Client.withKey(api, key.secret).ask('listChats')).status, 200);
    assert.ok((await owner.all('listKeys')).some(({id}) => id === key.id));
    await owner.get('revokeKey', {values: {key: key.id}});
    assert.equal((await Client.withKey(api, key.secret).ask('listChats')).status, 401);
    await owner.get('removeUser', {values});
    assert.equal((await owner.ask('getUser', {values})).status, 404);
    await owner.get('getRights');
  });

  test('lists the audit log, whose chain is whole', async () => {
    const rows = await owner.all('listAudit', {query: {limit: '10'}});
    assert.deepEqual(
      rows.map(({number}) => number),
      rows.map((_, i) => rows[0].number - i),
    );
    const actions = new Set(rows.map(({action}) => action));
    for (const action of [
      'link.use',
      'user.add',
      'key.make',
      'chat.turns',
      'delivery.retry',
      'delivery.drop',
      'person.erase',
      'solution.deploy',
      'solution.rollback',
    ]) {
      assert.ok(actions.has(action), action);
    }
    assert.ok(!JSON.stringify(rows).includes(person.email));
    const exported = await owner.ask('exportAudit');
    assert.equal(exported.text.trim().split('\n').length, rows.length);
    const verified = await run(['audit', 'verify', '--data', data]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  });

  test('every operation was called and went well', async () => {
    const nobody = new Client(api, {Origin: api.origin, 'X-Millrace': '1'});
    await nobody.get('getSignIn');
    await nobody.get('getOpenApi');
    const signedIn = await nobody.ask('beginSession', {body: {name: 'anna', password: kPassword}});
    assert.equal(signedIn.status, 200);
    assert.equal((await nobody.ask('beginOidc')).status, 404);
    assert.equal((await nobody.ask('endOidc')).status, 404);
    // oidc.test.mjs, access.test.mjs and api-ways.test.mjs go further ways with these.
    const elsewhere = [
      'beginOidc endOidc getSession endSession listOwnSessions endOwnSession',
      'changeOwnPassword offerTotp confirmTotp removeTotp getCall search',
      'listRoles putRole removeRole listPipes resumePipe',
    ].flatMap((names) => names.split(' '));
    const missed = api.operations
      // What kPaths are of, api-studio.test.mjs and api-trying.test.mjs call, and
      // api-models.test.mjs what is of models.
      .filter(({id, path}) => !kPaths.test(path) && !isOfModels(path) && !elsewhere.includes(id))
      .map(({id}) => id)
      .filter((id) => ![...api.called].some((each) => each.startsWith(`${id} 2`)));
    assert.deepEqual(missed, []);
  });

  test('no secret and no word of a consumer is in the log', () => {
    const log = server.stderr();
    for (const hidden of [kPassword, 'mrk_', person.email, person.last, 'Ludovica']) {
      assert.ok(!log.includes(hidden), hidden);
    }
  });
});
