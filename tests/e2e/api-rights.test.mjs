// Who may do what, asked of the running server: each operation by each role, in one's own solution
// and in another's; ten thousand ids of one solution's asked for with the other's key; pages of
// other origins; guessing passwords.

import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {Api, Client, firstOwner, keyWith, kPassword, signupAs, talk} from './support/operators.mjs';
import {answersOf, newPerson, setFaults} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kRoles = [
  'viewer',
  'agent',
  'supervisor',
  'designer',
  'developer',
  'marketer',
  'operator',
  'owner',
];
const kSwaps = 10_000;
const kAtOnce = 16;

describe('rights', () => {
  const data = join(temporaryFolder(), 'data');
  /** @type {Server} */ let server;
  /** @type {Api} */ let api;
  /** @type {Client} */ let owner;
  /** @type {Record<string, {chat: string, consumer: string, delivery: string, words: string[]}>} */
  const of = {};

  before(async () => {
    server = await Server.start({data, solutions: [signupAs('One'), signupAs('Two')]});
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    owner = await firstOwner(api, /** @type {any} */ (server.ready).owner_link);
    await setFaults(server.ready, {mode: 'refuse', status: 503, path: ''});
    for (const solution of ['One', 'Two']) {
      const person = newPerson();
      await talk(server.ready, solution, `of-${solution}`, ['hi', ...answersOf(person)]);
      // The list of chats follows the turns.
      const [chat] = await until('the chat', async () => {
        const some = await owner.all('listChats', {query: {solution}});
        return some.length > 0 && some;
      });
      const [delivery] = await until('a delivery', async () => {
        const some = await owner.all('listDeliveries', {query: {solution}});
        return some.length > 0 && some;
      });
      of[solution] = {
        chat: chat.id,
        consumer: chat.consumer,
        delivery: delivery.key,
        words: [person.email, person.last, chat.id, chat.consumer, delivery.key],
      };
    }
  });
  after(() => server.stop());

  /** Values for the path that name nothing of consequence. @param {string} solution */
  const valuesIn = (solution) => ({
    solution,
    chat: of[solution].chat,
    consumer: of[solution].consumer,
    delivery: of[solution].delivery,
    call: `${of[solution].chat}:1:1`,
    user: 'nobody',
    key: 'nothing',
    session: 'nothing',
    version: 'v99',
    path: 'app.py',
    workspace: 'nothing',
    action: 'Nothing',
    schema: 'flow',
    secret: 'NOTHING',
    role: 'nothing',
    try: 'nothing',
    run: 'nothing',
    pipe: 'nothing',
    text: 'nothing',
  });

  // What a right leads to may fail for other reasons; that it is missing is told apart.
  /** @param {import('./support/operators.mjs').Answered} answered */
  const isRefused = ({status, body}) =>
    status === 403 && body.errors[0].type === 'permission_denied';

  test('each operation is refused to each role that lacks its right, and to no other', async () => {
    const {roles} = await owner.get('getRights');
    let cells = 0;
    for (const role of kRoles) {
      const client = await keyWith(api, data, role);
      for (const operation of api.operations) {
        // What changes something is asked for without a body: it goes no further than its right.
        if (!operation.who.right || operation.method === 'DELETE') continue;
        const values = {...valuesIn('One'), delivery: 'nothing'};
        const answered = await client.ask(operation.id, {values});
        const may = roles[role][operation.who.right] === 'all';
        assert.equal(
          isRefused(answered),
          !may,
          `${role} ${operation.id}: ${answered.status} ${answered.text}`,
        );
        ++cells;
      }
      for (const operation of api.operations) {
        // Of nothing that is there; a person is erased only where the right is missing.
        const {id, who, method} = operation;
        if (!who.right || method !== 'DELETE' || id === 'erasePerson') continue;
        const answered = await client.ask(id, {values: valuesIn('One')});
        assert.equal(isRefused(answered), roles[role][who.right] !== 'all', `${role} ${id}`);
        ++cells;
      }
      if (roles[role]['person.erase'] !== 'all') {
        assert.ok(isRefused(await client.ask('erasePerson', {values: valuesIn('One')})), role);
        ++cells;
      }
    }
    assert.ok(cells > 200, `${cells} cells`);
  });

  test('a grant for one solution opens nothing of another and nothing of the server', async () => {
    for (const role of kRoles) {
      const client = await keyWith(api, data, `${role}@Two`);
      for (const operation of api.operations) {
        if (!operation.who.right) continue;
        const answered = await client.ask(operation.id, {
          values: valuesIn('One'),
          query: {chat: of.One.chat},
        });
        const isList = answered.status === 200 && Array.isArray(answered.body?.items);
        const what = `${role}@Two ${operation.id}: ${answered.status} ${answered.text}`;
        if (operation.who.for === 'server') assert.ok(isRefused(answered), what);
        if (!isList) assert.ok(answered.status >= 400, what);
        for (const word of of.One.words) {
          assert.ok(!answered.text.includes(word) || answered.status >= 400, what);
        }
      }
    }
  });

  test('nobody is told apart from nothing: no id leads over to another solution', async () => {
    const client = await keyWith(api, data, 'owner@Two');
    const absent = '01234567-89ab-7cde-8f01-23456789abcd';
    const [{pipe}] = (await owner.all('listPipes')).filter(({solution}) => solution === 'One');
    const ids = [
      ['resumePipe', 'pipe', pipe, '99'],
      ['getChat', 'chat', of.One.chat, absent],
      ['listTurns', 'chat', of.One.chat, absent],
      ['replayChat', 'chat', of.One.chat, absent],
      ['testFromChat', 'chat', of.One.chat, absent],
      ['exportPerson', 'consumer', of.One.consumer, absent],
      ['erasePerson', 'consumer', of.One.consumer, absent],
      ['getDelivery', 'delivery', of.One.delivery, absent],
      ['retryDelivery', 'delivery', of.One.delivery, absent],
      ['dropDelivery', 'delivery', of.One.delivery, absent],
      ['getCall', 'call', `${of.One.chat}:1:1`, `${absent}:1:1`],
      // An id of another kind, and what is nearly one.
      ['getChat', 'chat', of.One.consumer, absent],
      ['exportPerson', 'consumer', of.One.chat, absent],
      ['getDelivery', 'delivery', of.One.chat, absent],
      ['getChat', 'chat', of.One.chat.toUpperCase(), absent],
    ];
    let asked = 0;
    const worker = async () => {
      while (asked < kSwaps) {
        const [id, name, foreign, nothing] = ids[asked++ % ids.length];
        const theirs = await client.ask(id, {values: {[name]: foreign}});
        assert.equal(theirs.status, 404, `${id}: ${theirs.text}`);
        if (asked % 10 !== 0) continue;
        const none = await client.ask(id, {values: {[name]: nothing}});
        assert.deepEqual(none.body, theirs.body, id);
      }
    };
    await Promise.all(Array.from({length: kAtOnce}, worker));
    assert.ok(asked >= kSwaps);
    const lists = [];
    for (const id of [
      'listChats',
      'listDeliveries',
      'listSolutions',
      'listParkedChats',
      'listPipes',
    ]) {
      for (const solution of ['', 'One', 'Two']) {
        lists.push(
          ...(await client.all(id, {query: {...(solution ? {solution} : {}), limit: '1'}})),
        );
      }
    }
    assert.ok(lists.length >= 6);
    for (const word of of.One.words) assert.ok(!JSON.stringify(lists).includes(word));
    const meant = await client.get('orderDeliveries', {
      body: {action: 'drop', filter: {state: 'waiting', solution: 'One'}, preview: true},
    });
    assert.equal(meant.meant, 0);
    // And nothing was done to what is One's.
    assert.equal((await owner.get('getChat', {values: {chat: of.One.chat}})).id, of.One.chat);
    assert.equal(
      (await owner.get('getDelivery', {values: {delivery: of.One.delivery}})).state,
      'waiting',
    );
  });

  test('nobody can be asked: without a credential, or with one that is none', async () => {
    const nobody = new Client(api, {Origin: api.origin, 'X-Millrace': '1'});
    const strangers = [
      nobody,
      Client.withKey(api, 'mrk_nothing'),
      Client.withKey(api, ''),
      Client.withCookie(api, `millrace=${'A'.repeat(43)}`),
      new Client(api, {Authorization: 'Basic YTpi'}),
    ];
    for (const operation of api.operations) {
      if (operation.who === 'anyone') continue;
      for (const stranger of strangers) {
        const answered = await stranger.ask(operation.id, {values: valuesIn('One')});
        assert.equal(answered.status, 401, operation.id);
      }
    }
  });

  test("a page of another origin, or a form, changes nothing with somebody's cookie", async () => {
    const {Cookie} = owner.headers;
    const body = {name: 'mallory', grants: [{role: 'owner'}]};
    /** @type {Array<Record<string, string>>} */
    const forged = [
      {Cookie, Origin: 'https://evil.example', 'X-Millrace': '1'},
      {Cookie, Origin: 'null', 'X-Millrace': '1'},
      {Cookie, Origin: 'http://127.0.0.1.evil.example', 'X-Millrace': '1'},
      {Cookie, Origin: api.origin},
      {Cookie, 'X-Millrace': '1'},
      {Cookie},
    ];
    for (const headers of forged) {
      const answered = await new Client(api, headers).ask('addUser', {body});
      assert.equal(answered.status, 403, JSON.stringify(headers));
      assert.match(answered.body.errors[0].type, /csrf|origin/);
    }
    const form = await fetch(`${api.url}/users`, {
      method: 'POST',
      body: 'name=mallory',
      headers: {
        Cookie,
        Origin: 'https://evil.example',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
    });
    assert.equal(form.status, 403);
    // Signing somebody in as somebody else is a change, too.
    const signIn = await new Client(api, {Origin: 'https://evil.example', 'X-Millrace': '1'}).ask(
      'beginSession',
      {
        body: {name: 'anna', password: kPassword},
      },
    );
    assert.equal(signIn.status, 403);
    // Reading is the browser's to refuse: no answer allows another origin.
    const read = await fetch(`${api.url}/users`, {
      headers: {Cookie, Origin: 'https://evil.example'},
    });
    assert.equal(read.status, 403);
    assert.equal(read.headers.get('access-control-allow-origin'), null);
    assert.equal((await owner.ask('getUser', {values: {user: 'mallory'}})).status, 404);
  });

  test('guessing is held, by account and by address, and tells nothing', async () => {
    await owner.get('addUser', {body: {name: 'victim', grants: [{role: 'viewer'}]}});
    const link = await owner.get('makeLink', {values: {user: 'victim'}, body: {}});
    const nobody = new Client(api, {Origin: api.origin, 'X-Millrace': '1'});
    await nobody.get('useLink', {body: {token: link.token, password: kPassword}});
    const statuses = [];
    const said = new Set();
    for (let i = 0; i < 30; ++i) {
      const name = i % 2 === 0 ? 'victim' : `nobody-${i}`;
      const answered = await nobody.ask('beginSession', {
        body: {name, password: `guess number ${i} here`},
      });
      statuses.push(answered.status);
      if (answered.status === 401) said.add(answered.text);
      if (answered.status === 429) assert.ok(Number(answered.headers.get('retry-after')) > 0);
    }
    assert.equal(said.size, 1, 'the same words for a name that is there and one that is not');
    assert.ok(statuses.filter((status) => status === 401).length <= 20, statuses.join(' '));
    assert.equal(statuses.at(-1), 429);
    // The right password does not help while its account is held: nobody can tell it was right.
    const right = await nobody.ask('beginSession', {body: {name: 'victim', password: kPassword}});
    assert.equal(right.status, 429);
    const rows = await owner.all('listAudit', {query: {action: 'session.begin'}});
    assert.ok(rows.filter(({outcome}) => outcome === 'unauthenticated').length >= 5);
    assert.ok(!JSON.stringify(rows).includes('guess number'));
    // A session that stands goes on.
    assert.equal((await owner.ask('getSession')).status, 200);
  });
});
