// A channel of the solution's own: what consumers say comes in over REST, what the bot says to them
// goes out to a webhook, also when a timer makes it speak. The real binary, a receiver that checks
// every signature; the server is killed, the receiver is away: nothing is lost, a repeat has the same
// id, each address has its messages in order. And hand-overs, which the same receiver is told of, and
// people who are joined.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {post} from './support/rest.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';
import {Receiver} from './support/webhook.mjs';

const kSecret = `whsec_${Buffer.from('a key that has thirty-two bytes.').toString('base64')}`;
const kPatienceMs = 60_000;

const textOf = (/** @type {any} */ data) =>
  data.messages ? data.messages.map((/** @type {any} */ {text}) => text).join('\n') : data.skill;

const solutionOf = (/** @type {string} */ folder, /** @type {string} */ url) => {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  writeFileSync(join(folder, 'app.py'), [
    'import os', 'NAME = \'Kiosk\'', 'BOTS = []', 'CSV_BOTS = [\'Kiosk\']',
    'PATH = os.path.dirname(__file__)', 'PARAMS = {\'sandbox\': {}, \'live\': {}}', '',
  ].join('\n'));
  writeFileSync(join(folder, 'solution.yaml'), `name: Kiosk
channels: {web: , kiosk: webhook:gateway}
agents: {notify: webhook:gateway, wait_limit: 1h}
webhooks:
  gateway: {url: '${url}', secret: '\${secret:GATEWAY}'}
`);
  writeFileSync(join(folder, 'flows/main.flow.yaml'), `nodes:
  ask:
    ask: Say something
    variable: TEXT
    buttons: [{Front desk: desk}, {In a second: later}]
    next: told
  told: {say: 'You said {TEXT}', next: ask}
  later:
    ask: I will.
    type: text
    variable: TEXT
    nlu: false
    reminders: [{after: 1s, say: It is time.}]
    next: told
  desk:
    say: A person will come.
    behaviours: [xfer_to_agent]
    skill: front desk
    on: {unavailable: ask}
`);
  return folder;
};

describe('a channel that is sent to a webhook', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  /** @type {Receiver} */ let receiver;
  /** @type {Server} */ let server;
  /** @type {string} */ let solution;
  let messages = 0;
  /** How much each address has said.
   *  @type {Map<string, number>} */
  const spoken = new Map();

  const start = async (
    /** @type {{server: string, sandbox: string} | undefined} */ ports = undefined,
  ) => {
    server = await Server.start({
      data, solutions: [solution], ports, logLevel: 'info', env: {GATEWAY: kSecret},
      more: ['--allow-internal', receiver.host, '--grants', join(folder, 'grants.yaml')],
    });
  };
  const ask = async (/** @type {object} */ body) => {
    const response = await post(server.ready.base_url, body);
    return {status: response.status, body: JSON.parse(await response.text())};
  };
  /** Gives the chat. */
  const say = async (
    /** @type {string} */ sender, /** @type {string} */ message, message_id = `m${++messages}`,
  ) => {
    const {status, body} = await ask({sender, channel: 'kiosk', message, message_id});
    assert.equal(status, 202, JSON.stringify(body));
    spoken.set(sender, (spoken.get(sender) ?? 0) + 1);
    return /** @type {string} */ (body.chat);
  };
  const said = (/** @type {string} */ address) => receiver.taken().filter(
    ({type, data: of}) => type === 'message.said' && of.address === address);
  const heard = (/** @type {string} */ address, /** @type {string} */ text) =>
    until(`${address} to hear '${text}'`,
      () => said(address).find((one) => one.text === text), kPatienceMs);
  /** That everything said in the one chat of an address has come: each once, in order, none left
   *  out; what the consumer said has numbers of its own. */
  const assertWhole = async (/** @type {string} */ address) => {
    const numbers = () => said(address).map(({data: of}) => of.sequence);
    await until(`all that was said to ${address}`, () => {
      const all = numbers();
      return all.length + (spoken.get(address) ?? 0) === Math.max(...all);
    }, kPatienceMs);
    assert.deepEqual(numbers(), [...new Set(numbers())].sort((x, y) => x - y));
    assert.deepEqual(receiver.wrong, []);
  };

  before(async () => {
    receiver = await Receiver.open(kSecret, textOf);
    writeFileSync(join(folder, 'grants.yaml'),
      `Kiosk: {secrets: [GATEWAY], hosts: ['${receiver.host}']}\n`, {mode: 0o600});
    solution = solutionOf(join(folder, 'solution'), `http://${receiver.host}/out`);
    await start();
  });
  after(async () => {
    await server.stop();
    receiver.server?.close();
  });

  test('has its answers there, as the channel can show them, and none in the response', async () => {
    const chat = await say('+1', 'hello', 'first');
    const question = await heard('+1', 'Say something');
    assert.equal(question.data.channel, 'kiosk');
    assert.equal(question.data.chat, chat);
    assert.equal(question.data.reply_to, 'first');
    assert.deepEqual(question.data.messages[0].buttons, [
      {title: 'Front desk', payload: 'Front desk'},
      {title: 'In a second', payload: 'In a second'},
    ]);
    await say('+1', 'one');
    await heard('+1', 'You said one');
    await assertWhole('+1');
  });

  test('is refused where solution.yaml has no such channel', async () => {
    const {status, body} = await ask({sender: '+1', channel: 'sms', message: 'hello'});
    assert.equal(status, 400);
    assert.match(body.message, /no receiver to the channel 'sms'/);
  });

  test('is answered once for a message that is sent twice', async () => {
    await say('+1', 'two', 'twice');
    await heard('+1', 'You said two');
    const {status, body} = await ask(
      {sender: '+1', channel: 'kiosk', message: 'two', message_id: 'twice'});
    assert.equal(status, 202);
    assert.equal(body.repeated, true);
    await say('+1', 'three');
    await heard('+1', 'You said three');
    await assertWhole('+1');
  });

  test('hears a reminder when its time has come', async () => {
    await say('+2', 'hello');
    await say('+2', 'In a second');
    await heard('+2', 'I will.');
    const reminder = await heard('+2', 'It is time.');
    assert.equal(reminder.data.reply_to, undefined);
    await assertWhole('+2');
  });

  test('loses nothing, and doubles nothing, when the server is killed again and again', async () => {
    for (let round = 0; round < 3; ++round) {
      receiver.always = round % 2 === 0 ? 500 : undefined;
      for (const address of ['+3', '+4']) {
        await say(address, 'hello');
        await say(address, `round ${round}`);
        await say(address, 'In a second');
      }
      await server.kill();
      if (round === 2) receiver.always = undefined;
      await start(server.ports);
      receiver.script = ['hang up', 503];
    }
    receiver.always = undefined;
    for (const address of ['+3', '+4']) {
      for (let round = 0; round < 3; ++round) await heard(address, `You said round ${round}`);
      await heard(address, 'It is time.');
      await say(address, 'last');
      await heard(address, 'You said last');
      await assertWhole(address);
    }
    const byKey = new Map();
    for (const {id, data: of} of receiver.seen.filter(({type}) => type === 'message.said')) {
      const key = `${of.chat} ${of.sequence}`;
      assert.equal(byKey.get(key) ?? id, id, `${key} came under two ids`);
      byKey.set(key, id);
    }
  });

  test('tells the receiver who waits for an agent, which `chats --queued` lists', async () => {
    const chat = await say('+5', 'hello');
    await say('+5', 'Front desk');
    await heard('+5', 'A person will come.');
    const asked = await until('the hand-over',
      () => receiver.taken().find(({type}) => type === 'handover.asked'), kPatienceMs);
    assert.equal(asked.data.chat, chat);
    assert.equal(asked.data.skill, 'front desk');
    assert.equal(asked.data.address, '+5');
    const listed = await run(['chats', '--queued', '--data', data, '--json']);
    assert.equal(listed.code, 0, listed.stderr);
    assert.deepEqual(JSON.parse(listed.stdout), [{chat, solution: 'Kiosk',
      since: asked.data.since, skill: 'front desk', agent: null, agent_name: null}]);
    const seated = await run(['chats', '--with-agent', '--data', data]);
    assert.equal(seated.stdout, '');
    assert.match(seated.stderr, /no chat is with an agent/);
  });

  test('is the same person\'s as another way to talk once they are joined', async () => {
    const join_ = async (/** @type {object} */ one, /** @type {object} */ other) => {
      const response = await fetch(`${server.ready.base_url}/webhooks/rest/join`, {
        method: 'POST', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({one, other}),
      });
      assert.equal(response.status, 200);
      return (await response.json()).consumer;
    };
    const kiosk = {sender: '+6', channel: 'kiosk'};
    const person = await join_(kiosk, {sender: 'ana'});
    assert.equal(await join_({sender: 'ana'}, kiosk), person);
    const chat = await say('+6', 'hello');
    await heard('+6', 'Say something');
    await server.kill();
    await start(server.ports);
    const {status, body} = await ask({sender: 'ana', message: 'it is me', message_id: 'rest-1'});
    assert.equal(status, 200);
    assert.match(JSON.stringify(body), /You said it is me/, 'in the chat that began at the kiosk');
    assert.equal(await say('+6', 'and here'), chat);
    const answer = await heard('+6', 'You said and here');
    assert.equal(answer.data.consumer, person);
    const exported = await run(['export', '--sender', 'ana', '--data', data]);
    assert.equal(exported.code, 0, exported.stderr);
    const lines = exported.stdout.trim().split('\n').map((line) => JSON.parse(line));
    const joined = lines.find(({kind}) => kind === 'joined');
    assert.equal(joined.consumers.length, 2);
    assert.ok(lines.some(({kind, to}) => kind === 'delivery' && to === 'webhook.message'));
  });

  test('leaves nothing of a person, joins included, who is forgotten', async () => {
    await server.stop();
    const forgotten = await run(
      ['forget', '--sender', '+6', '--channel', 'kiosk', '--drop-owed', '--data', data]);
    assert.equal(forgotten.code, 0, forgotten.stderr);
    for (const who of [['ana'], ['+6', '--channel', 'kiosk']]) {
      const left = await run(['export', '--sender', ...who, '--data', data]);
      assert.equal(left.code, 1, left.stdout);
    }
    await start();
    const {body} = await ask({sender: 'ana', message: 'anew', message_id: 'rest-1'});
    assert.match(JSON.stringify(body), /Say something/);
  });
});
