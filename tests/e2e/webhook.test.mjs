// Analytics events owed to a webhook: the real binary, and a receiver that checks every signature
// with node's own crypto. It refuses, breaks off, asks for patience and says that it is gone, and
// the server is killed: nothing is lost, a repeat carries the same id, each consumer's events come
// in order, and a secret can be changed while both know two.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {RestTalker} from './support/rest.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';
import {Receiver} from './support/webhook.mjs';

const kOld = `whsec_${Buffer.from('an old key of thirty-two bytes..').toString('base64')}`;
const kNew = `whsec_${Buffer.from('a new key of thirty-two bytes...').toString('base64')}`;
const kPatienceMs = 60_000;


/** The numbers of what was taken of each consumer, in the order in which it came.
 *  @param {Receiver} receiver */
function numbersOf(receiver) {
  /** @type {Map<string, number[]>} */
  const out = new Map();
  for (const {consumer, text} of receiver.taken()) {
    const numbers = out.get(consumer) ?? [];
    numbers.push(Number(text.slice(1)));
    out.set(consumer, numbers);
  }
  return out;
}

/** @param {Receiver} receiver */
function assertOrder(receiver) {
  for (const numbers of numbersOf(receiver).values()) {
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  }
}

const solutionOf = (/** @type {string} */ folder, /** @type {string} */ url) => {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  writeFileSync(join(folder, 'app.py'), [
    'import os', 'NAME = \'Told\'', 'BOTS = []', 'CSV_BOTS = [\'Told\']',
    'PATH = os.path.dirname(__file__)', 'PARAMS = {\'sandbox\': {}, \'live\': {}}', '',
  ].join('\n'));
  writeFileSync(join(folder, 'solution.yaml'), [
    'name: Told', 'track: webhook:crm', 'webhooks:', '  crm:', `    url: ${url}`,
    '    secret: [\'${secret:CRM_NEW}\', \'${secret:CRM_OLD}\']', '',
  ].join('\n'));
  writeFileSync(join(folder, 'flows/main.flow.yaml'), [
    'nodes:', '  ask: {ask: \'Say something\', variable: TEXT, nlu: false}', '  told:',
    '    say: \'Thank you for {TEXT}\'',
    '    event: {event_name: Told, additional_properties: {text: \'{TEXT}\'}}',
    '    next: ask', '',
  ].join('\n'));
  return folder;
};

describe('analytics events owed to a webhook', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  /** @type {Receiver} */ let receiver;
  /** @type {Server} */ let server;
  /** @type {string} */ let solution;
  let words = 0;
  const secrets = {CRM_OLD: kOld, CRM_NEW: kNew};

  const start = async (
    /** @type {{server: string, sandbox: string} | undefined} */ ports = undefined,
  ) => {
    server = await Server.start({
      data, solutions: [solution], ports, logLevel: 'info', env: secrets,
      more: ['--allow-internal', receiver.host, '--grants', join(folder, 'grants.yaml')],
    });
  };
  /** @type {Map<string, RestTalker>} */
  const talkers = new Map();
  /** Says so many new things; gives them. */
  const say = async (/** @type {string} */ sender, count = 1) => {
    const talker = talkers.get(sender) ?? new RestTalker(server.ready.base_url, sender);
    if (!talkers.has(sender)) await talker.say('hello');
    talkers.set(sender, talker);
    const said = [];
    for (let i = 0; i < count; ++i) {
      const text = `w${++words}`;
      await talker.say(text);
      said.push(text);
    }
    return said;
  };
  const arrival = (/** @type {string[]} */ texts) =>
    until(`the events ${texts}`, () => texts.every((text) => receiver.has(text)), kPatienceMs);

  before(async () => {
    receiver = await Receiver.open(kOld, (data) => data.properties.text);
    writeFileSync(join(folder, 'grants.yaml'),
      `Told: {secrets: [CRM_OLD, CRM_NEW], hosts: ['${receiver.host}']}\n`, {mode: 0o600});
    solution = solutionOf(join(folder, 'solution'), `http://${receiver.host}/events`);
    await start();
  });
  after(async () => {
    await server.stop();
    receiver.server?.close();
  });

  test('arrive signed, each consumer\'s in order', async () => {
    const said = (await Promise.all([say('ana', 5), say('ben', 5)])).flat();
    await arrival(said);
    assert.deepEqual(receiver.wrong, []);
    assert.ok(receiver.seen.every(({type}) => type === 'event.tracked'));
    assert.equal(numbersOf(receiver).size, 2);
    assertOrder(receiver);
  });

  test('are sent again under the same id after errors and broken connections', async () => {
    receiver.script = [500, 'hang up', 503, 'hang up', 502];
    const [text] = await say('ana');
    await arrival([text]);
    const attempts = receiver.seen.filter((one) => one.text === text);
    assert.ok(attempts.length >= 6, `${attempts.length} attempts`);
    assert.equal(new Set(attempts.map(({id}) => id)).size, 1);
    assert.deepEqual(receiver.wrong, []);
  });

  test('wait as long as a 429 says', async () => {
    receiver.headers = {'Retry-After': '2'};
    receiver.script = [429];
    const began = Date.now();
    const [text] = await say('ana');
    await until('the 429', () => receiver.script.length === 0);
    receiver.headers = {};
    await arrival([text]);
    assert.ok(Date.now() - began >= 2_000, `came after ${Date.now() - began} ms`);
  });

  test('are dead letters when they are refused for good, and the next one goes', async () => {
    receiver.script = [422];
    const [refused] = await say('ana');
    const [next] = await say('ana');
    await arrival([next]);
    assert.ok(!receiver.has(refused));
    const listed = await run(
      ['deliveries', 'list', '--data', data, '--state', 'rejected', '--json']);
    const dead = JSON.parse(listed.stdout);
    assert.deepEqual(dead.map((/** @type {any} */ {kind}) => kind), ['webhook.event']);
    assert.match(JSON.stringify(dead[0].outcome), /422/);
  });

  test('outlive a receiver that is away and a server that is killed, again and again', async () => {
    const said = [];
    for (let round = 0; round < 4; ++round) {
      receiver.always = round % 2 === 0 ? 500 : undefined;
      said.push(...(await Promise.all([say('ana', 4), say('ben', 4), say('cem', 4)])).flat());
      await server.kill();
      await start(server.ports);
    }
    receiver.always = undefined;
    await arrival(said);
    for (const text of said) {
      const ids = new Set(receiver.seen.filter((one) => one.text === text).map(({id}) => id));
      assert.equal(ids.size, 1, `${text} came under ${[...ids]}`);
    }
    assertOrder(receiver);
    assert.deepEqual(receiver.wrong, []);
  });

  test('are signed with both secrets while the receiver changes over', async () => {
    receiver.secret = kNew;
    await arrival(await say('ana'));
    assert.equal(receiver.signatures, 2);
    assert.deepEqual(receiver.wrong, []);
  });

  test('stop when the receiver is gone, are kept, and go on by an order', async () => {
    receiver.always = 410;
    const [text] = await say('ben');
    await until('the stop', () => server.stderr().includes('deliveries are stopped'));
    const more = await say('cem', 3);
    const before = receiver.seen.length;
    receiver.always = undefined;
    const retried = await run(['deliveries', 'retry', '--data', data, '--state', 'waiting']);
    assert.equal(retried.code, 0, retried.stderr);
    await arrival([text, ...more]);
    assert.ok(receiver.seen.length >= before + 4);
    for (const secret of [kOld, kNew]) {
      assert.ok(!server.stderr().includes(secret.slice(6)), 'a secret is in the log');
    }
  });
});
