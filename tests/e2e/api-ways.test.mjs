// What holds for all operations of the operator's API: keys that make a request count once,
// cursors, the live socket, and the page by which operators come in.

import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {listen} from './support/live.mjs';
import {Api, firstOwner, keyWith, signupAs, talk} from './support/operators.mjs';
import {answersOf, newPerson, setFaults} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

/** @typedef {import('./support/operators.mjs').Client} Client */

describe("ways of the operator's API", () => {
  const data = join(temporaryFolder(), 'data');
  /** @type {Server} */ let server;
  /** @type {Api} */ let api;
  /** @type {Client} */ let owner;

  before(async () => {
    server = await Server.start({data, solutions: [signupAs('Signup')]});
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    owner = await firstOwner(api, /** @type {any} */ (server.ready).owner_link);
    for (const sender of ['a', 'b']) await talk(server.ready, 'Signup', sender, ['hi']);
  });
  after(() => server.stop());

  test('gives the same answer to the same key, once done', async () => {
    const with_ = {
      body: {name: 'once', grants: [{role: 'viewer'}]},
      headers: {'Idempotency-Key': 'k-1'},
    };
    const first = await owner.ask('makeKey', with_);
    const again = await owner.ask('makeKey', with_);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const other = await owner.ask('makeKey', {...with_, body: {...with_.body, name: 'another'}});
    assert.equal(other.status, 422);
    assert.equal((await owner.all('listKeys')).filter(({name}) => name === 'once').length, 1);
    const parallel = await Promise.all(
      Array.from({length: 8}, () =>
        owner.ask('makeKey', {...with_, headers: {'Idempotency-Key': 'k-2'}}),
      ),
    );
    assert.ok(parallel.every(({status}) => status === 201 || status === 409));
    assert.equal((await owner.all('listKeys')).filter(({name}) => name === 'once').length, 2);
  });

  test('a cursor is only whom it was given to', async () => {
    const {next} = await owner.get('listChats', {query: {limit: '1'}});
    assert.ok(next);
    const viewer = await keyWith(api, data, 'viewer');
    assert.equal((await viewer.ask('listChats', {query: {cursor: next}})).status, 400);
    assert.equal((await owner.ask('listDeliveries', {query: {cursor: next}})).status, 400);
  });

  test('tells what happens over the live socket, and goes on where it was', async () => {
    const viewer = await keyWith(api, data, 'viewer@Signup');
    const live = await listen(api, viewer.headers);
    assert.notEqual((await live.subscribe('chats:Signup')).subscribed, undefined);
    await talk(server.ready, 'Signup', 'live-1', ['hi']);
    const first = await live.hears('turn');
    assert.equal(first.topic, 'chats:Signup');
    assert.ok(first.data.chat);
    live.say({ping: 7});
    await until('the pong', () => live.heard.find(({pong}) => pong === 7));
    live.end();

    await talk(server.ready, 'Signup', 'live-1', ['Otto', 'Muster']);
    const again = await listen(api, viewer.headers);
    again.say({sub: 'chats:Signup', after: first.seq});
    const told = await until('what was missed', () => {
      const turns = again.heard.filter(({type}) => type === 'turn');
      return turns.length >= 2 && turns;
    });
    const seqs = told.map(({seq}) => seq);
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((a, b) => a - b),
      'each once, in order',
    );
    assert.ok(seqs.every((seq) => seq > first.seq));
    assert.ok(!JSON.stringify(again.heard).includes('Otto'));
    for (const topic of [
      'chats:Other',
      'audit',
      'nonsense',
      'chat:00000000-0000-0000-0000-000000000000',
    ]) {
      const refused = await again.subscribe(topic);
      assert.equal(refused.error.type, 'permission_denied', topic);
    }
    again.end();
    const stranger = await listen(api, {Authorization: 'Bearer mrk_nothing'});
    assert.equal(await until('the end', () => stranger.closed() || false), 1008);
    const page = await listen(api, {Cookie: owner.headers.Cookie, Origin: 'https://evil.example'});
    assert.deepEqual([page.closed() !== 0, page.heard], [true, []], 'refused before it is open');
  });

  test('finds chats by id, and people by whoever may read their words', async () => {
    const person = newPerson();
    await setFaults(server.ready, {mode: 'none'});
    await talk(server.ready, 'Signup', 'found', ['hi', ...answersOf(person)]);
    const [chat] = await until('the chat', async () => {
      const some = (await owner.all('listChats')).filter(({turns}) => turns > 6);
      return some.length > 0 && some;
    });
    const byId = await owner.all('search', {query: {q: chat.id.slice(0, 23)}});
    assert.deepEqual(
      byId.map(({kind, chat: id}) => [kind, id]),
      [['chat', chat.id]],
    );
    const q = person.email.toUpperCase();
    const [found] = await owner.all('search', {query: {q, kinds: 'person', limit: '1'}});
    assert.equal(found.chat, chat.id);
    assert.equal(found.by, 'EMAIL');
    const viewer = await keyWith(api, data, 'viewer');
    assert.deepEqual(await viewer.all('search', {query: {q}}), []);
    assert.equal((await viewer.all('search', {query: {q: chat.consumer}})).length, 1);
    const other = await keyWith(api, data, 'owner@Other');
    assert.deepEqual(await other.all('search', {query: {q}}), []);
    assert.deepEqual(await other.all('search', {query: {q: chat.id}}), []);
    /** @type {Array<Record<string, string>>} */
    const wrong = [{}, {q: 'ab'}, {q: 'abc', kinds: 'all'}];
    for (const query of wrong) {
      assert.equal((await owner.ask('search', {query})).status, 400);
    }
  });

  test('shows pipes, and lets one go on that was stopped', async () => {
    await setFaults(server.ready, {mode: 'refuse', status: 401, path: ''});
    await talk(server.ready, 'Signup', 'stopping', ['hi', ...answersOf(newPerson())]);
    const isOurs = (/** @type {any} */ {solution}) => solution === 'Signup';
    const stopped = await until('the stop', async () => {
      const pipe = (await owner.all('listPipes')).find(isOurs);
      return pipe?.stopped && pipe;
    });
    assert.equal(stopped.receiver, 'braze');
    assert.ok(stopped.waiting > 0);
    const values = {pipe: stopped.pipe};
    const developer = await keyWith(api, data, 'developer@Signup');
    assert.equal((await developer.all('listPipes')).length, 1);
    assert.equal((await developer.ask('resumePipe', {values})).status, 403);
    const other = await keyWith(api, data, 'operator@Other');
    assert.deepEqual(await other.all('listPipes'), []);
    assert.equal((await other.ask('resumePipe', {values})).status, 404);
    await setFaults(server.ready, {mode: 'none'});
    const resumed = await owner.get('resumePipe', {values});
    assert.equal(resumed.waiting, stopped.waiting);
    await until('it goes on', async () => {
      const pipe = (await owner.all('listPipes')).find(isOurs);
      return pipe?.stopped === undefined && pipe?.waiting === 0;
    });
    assert.equal((await owner.ask('resumePipe', {values})).status, 409);
    const rows = await owner.all('listAudit', {query: {action: 'pipe.resume'}});
    assert.equal(rows.length, 1);
  });

  test('has roles that operators make', async () => {
    const rights = ['chat.read', 'ops.read'];
    const role = {role: 'night-shift'};
    const first = await owner.ask('putRole', {values: role, body: {rights}});
    assert.equal(first.status, 200, first.text);
    const match = {'If-Match': first.headers.get('etag') ?? ''};
    await owner.get('putRole', {values: role, body: {rights}, headers: match});
    const again = await owner.ask('putRole', {values: role, body: {rights}, headers: match});
    assert.equal(again.status, 412);
    assert.deepEqual((await owner.all('listRoles'))[0].rights, rights);
    const own = await keyWith(api, data, 'night-shift@Signup');
    assert.equal((await own.ask('listChats')).status, 200);
    assert.equal((await own.ask('listUsers')).status, 403);
    assert.equal((await owner.ask('removeRole', {values: role})).status, 409);
    const [used] = (await owner.all('listKeys')).filter(
      ({grants: [{role: of}]}) => of === 'night-shift',
    );
    assert.equal(used.grants[0].solution, 'Signup');
    await owner.get('revokeKey', {values: {key: used.id}});
    await owner.get('removeRole', {values: role});
  });

  test('serves the page by which operators come in', async () => {
    const page = await fetch(`${api.origin}/operator/`);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.match(await page.text(), /operator\.js/);
    assert.equal((await fetch(`${api.origin}/operator/operator.js`)).status, 200);
    assert.equal((await fetch(`${api.origin}/operator/nothing`)).status, 404);
    assert.equal((await owner.ask('getSession')).headers.get('cache-control'), 'no-store');
  });

  test('refuses what is not in the document', async () => {
    const wrong = [
      {},
      {name: 'x'},
      {name: 'x', grants: 'viewer'},
      {name: 'x', grants: [], more: 1},
      {name: '', grants: []},
      {name: 'x', grants: [{role: 'king'}]},
    ];
    for (const body of wrong) {
      const answered = await owner.ask('addUser', {body});
      assert.equal(answered.status, 400, JSON.stringify(body));
      assert.equal(answered.body.errors[0].type, 'invalid_argument');
    }
    assert.equal((await owner.ask('addUser', {raw: '{'})).status, 400);
    assert.equal(
      (await owner.ask('addUser', {raw: 'name=x', headers: {'Content-Type': 'text/plain'}})).status,
      415,
    );
    assert.equal((await owner.ask('listChats', {query: {limit: '0'}})).status, 400);
    assert.equal((await owner.ask('listChats', {query: {cursor: 'made-up'}})).status, 400);
    const nowhere = await fetch(`${api.url}/nothing`, {headers: owner.headers});
    assert.equal(nowhere.status, 404);
    const method = await fetch(`${api.url}/chats`, {method: 'PUT', headers: owner.headers});
    assert.equal(method.status, 405);
    assert.equal(method.headers.get('allow'), 'GET, HEAD');
  });
});
