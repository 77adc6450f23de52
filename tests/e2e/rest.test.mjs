// The REST channel, talked to as any HTTP client would: with fetch, and with curl.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, describe, test} from 'node:test';

import {answersOf, assertProfile, kAsks, kAsksInOrder, newPerson} from './support/people.mjs';
import {RestTalker, post, textOf} from './support/rest.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';

describe('REST channel', () => {
  /** @type {Server} */
  let server;
  before(async () => {
    server = await Server.start({data: temporaryFolder()});
  });
  after(() => server?.stop());

  const talker = (/** @type {string} */ locale = 'en') =>
    new RestTalker(server.ready.base_url, randomUUID(), locale);

  /**
   * Says hi and the first answers.
   * @param {RestTalker} talk
   * @param {string[]} answers
   */
  async function begin(talk, answers = []) {
    let said = await talk.say('hi');
    for (const answer of answers) said = await talk.say(answer);
    return said;
  }

  test('takes six answers to a profile in Braze', async () => {
    const talk = talker();
    const person = newPerson();
    const greeting = await talk.say('hi');
    assert.ok(greeting.length >= 2, 'a greeting and a question');
    assert.match(textOf(greeting), kAsks.first);
    let said = greeting;
    for (const [at, answer] of answersOf(person).entries()) {
      assert.match(textOf(said), kAsksInOrder[at]);
      for (const message of said) assert.equal(message.recipient_id, talk.sender);
      said = await talk.say(answer);
    }
    assert.match(textOf(said), /Thanks Ada/);
    await assertProfile(server.ready, person);
  });

  test('offers buttons as titles with payloads, and takes a typed answer as well', async () => {
    const talk = talker();
    const person = newPerson({system: 'Plan 9'});
    const said = await begin(talk, answersOf(person).slice(0, 5));
    const {recipient_id, text, buttons} = /** @type {import('./support/rest.mjs').Said} */ (
      said.at(-1));
    assert.equal(recipient_id, talk.sender);
    assert.match(text, kAsks.system);
    assert.deepEqual(buttons?.map(({title}) => title),
      ['Windows', 'macOS', 'Linux', 'Android', 'iOS']);
    for (const button of buttons ?? []) {
      assert.deepEqual(Object.keys(button).sort(), ['payload', 'title']);
      assert.equal(typeof button.payload, 'string');
    }
    assert.match(textOf(await talk.say('Plan 9')), kAsks.thanks);
    await assertProfile(server.ready, person);
  });

  test('asks again for an address or a date that cannot be', async () => {
    const talk = talker();
    await begin(talk, ['Ada', 'Lovelace']);
    assert.match(textOf(await talk.say('not-an-email')), kAsks.emailAgain);
    assert.match(textOf(await talk.say('ada@example.com')), kAsks.born);
    assert.match(textOf(await talk.say('1990-02-30')), kAsks.born);
    assert.match(textOf(await talk.say('1990-12-10')), kAsks.city);
  });

  test('answers a repeat with the same answer and takes no second turn', async () => {
    const talk = talker();
    await begin(talk);
    const first = await talk.say('Ada', 'the-first-name');
    assert.match(textOf(first), kAsks.last);
    assert.deepEqual(await talk.say('Ada', 'the-first-name'), first);
    const other = {sender: talk.sender, message: 'something else', message_id: 'the-first-name'};
    assert.equal((await post(server.ready.base_url, other)).status, 409, 'not with another text');
    assert.match(textOf(await talk.say('Lovelace')), kAsks.email, 'one turn was taken');
    assert.deepEqual(await talk.say('Ada', 'the-first-name'), first, 'also later');
  });

  test('answers repeats that come at once with the same answer and one turn', async () => {
    const talk = talker();
    await begin(talk);
    const answers = await Promise.all(Array.from({length: 8}, () => talk.say('Ada', 'at-once')));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.match(textOf(answers[0]), kAsks.last);
    assert.match(textOf(await talk.say('Lovelace')), kAsks.email);
  });

  test('begins one conversation when first messages come at once', async () => {
    const talk = talker();
    const answers = await Promise.all(Array.from({length: 8}, () => talk.say('hi', 'first')));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.match(textOf(await talk.say('Ada')), kAsks.last);
  });

  test('keeps people apart who talk at the same time', async () => {
    const people = Array.from({length: 10}, (_, at) => newPerson({first: `Person ${at}`}));
    await Promise.all(people.map(async (person) => {
      const said = await begin(talker(), answersOf(person));
      assert.match(textOf(said), new RegExp(`Thanks ${person.first}!`));
    }));
    for (const person of people) await assertProfile(server.ready, person);
  });

  test('speaks Portuguese when the message says pt-BR', async () => {
    const talk = talker('pt-BR');
    const person = newPerson({first: 'Ana', last: 'Silva', born: '10/12/1990', city: 'Recife'});
    const greeting = await talk.say('oi');
    assert.match(textOf(greeting), /primeiro nome/);
    let said = greeting;
    for (const answer of answersOf(person)) said = await talk.say(answer);
    assert.match(textOf(said), /Obrigada, Ana/);
    await assertProfile(server.ready, person, '1990-12-10T00:00:00.000Z');
  });

  test('refuses malformed input with a 4xx and JSON', async () => {
    const sender = randomUUID();
    /** @type {[string, unknown, number][]} */
    const cases = [
      ['not JSON', '{"sender": ', 400],
      ['an empty body', '', 400],
      ['not an object', '["hi"]', 400],
      ['no sender', {message: 'hi'}, 400],
      ['an empty sender', {sender: '', message: 'hi'}, 400],
      ['a sender that is no text', {sender: {}, message: 'hi'}, 400],
      ['a long sender', {sender: 'x'.repeat(10_000), message: 'hi'}, 400],
      ['no message', {sender}, 400],
      ['a message that is no text', {sender, message: 7}, 400],
      ['a long message', {sender, message: 'x'.repeat(5_000)}, 400],
      ['a long message id', {sender, message: 'hi', message_id: 'x'.repeat(1_000)}, 400],
      ['an app id that is none', {sender, message: 'hi', app_id: 'x'}, 400],
      ['an unknown app id', {sender, message: 'hi', app_id: randomUUID()}, 404],
      ['too much', {sender, message: 'hi', rest: 'x'.repeat(2_000_000)}, 413],
    ];
    for (const [what, body, status] of cases) {
      const response = await post(server.ready.base_url, body);
      assert.equal(response.status, status, what);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/, what);
      assert.equal(typeof (await response.json()).message, 'string', what);
    }
    assert.match(textOf(await new RestTalker(server.ready.base_url, sender).say('hi')),
      kAsks.first, 'and nothing of it began a conversation');
  });

  test('refuses another method and another address', async () => {
    const url = `${server.ready.base_url}/webhooks/rest/webhook`;
    assert.equal((await fetch(url)).status, 405);
    assert.equal((await fetch(`${url}/other`, {method: 'POST', body: '{}'})).status, 404);
  });

  test('talks to curl', async () => {
    const person = newPerson();
    const sender = randomUUID();
    let said = '';
    for (const [at, message] of ['hi', ...answersOf(person)].entries()) {
      const {code, stdout, stderr} = await run([
        '--silent', '--show-error', '--fail', '--max-time', '20',
        '--header', 'Content-Type: application/json',
        '--data', JSON.stringify({sender, message, message_id: `curl-${at}`}),
        `${server.ready.base_url}/webhooks/rest/webhook`,
      ], 'curl');
      assert.equal(code, 0, stderr);
      said = textOf(JSON.parse(stdout));
      assert.match(said, kAsksInOrder[at]);
    }
    assert.match(said, /Thanks Ada/);
    await assertProfile(server.ready, person);
  });
});
