// A deploy under live chats: a question is put in before the one that a chat waits at, and each policy
// does what docs/versions.md says. Nobody is stuck.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {RestTalker, textOf} from './support/rest.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kApp = `import os
NAME = 'Probe'
BOTS = []
CSV_BOTS = ['Probe']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;

/**
 * A solution that asks one thing after the other.
 * @param {string} folder
 * @param {[string, string, string?][]} questions the variable, the question, what more to write
 */
function writeSolution(folder, questions) {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  writeFileSync(join(folder, 'app.py'), kApp);
  writeFileSync(join(folder, 'solution.yaml'), 'name: Probe\nlocales: [en]\n');
  const nodes = questions.map(([variable, question, more = '']) =>
    `  ${variable.toLowerCase()}:\n    ask: ${question}\n    variable: ${variable}\n${more}`);
  const all = questions.map(([variable]) => `{${variable}}`).join(' ');
  writeFileSync(join(folder, 'flows', 'main.flow.yaml'),
    `nodes:\n${nodes.join('')}  done:\n    say: 'Got: ${all}'\n    end: true\n`);
}

const kName = /** @type {[string, string]} */ (['NAME', 'What is your name?']);
const kPhone = /** @type {[string, string]} */ (['PHONE', 'What is your phone?']);
const kBirth = /** @type {[string, string]} */ (['BIRTH', 'When were you born?']);
const kCity = /** @type {[string, string]} */ (['CITY', 'Which city?']);

describe('a deploy under live chats', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  /** @type {Server} */
  let server;

  /** @param {string[]} options */
  const millrace = async (...options) => {
    const {code, stdout, stderr} = await run([...options, '--data', data]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  /**
   * The server has taken up whichever version asks this after the name.
   * @param {RegExp} question
   */
  const serves = (question) => until('the new version', async () => {
    const talk = talker();
    await talk.say('hi');
    return question.test(textOf(await talk.say('Ada')));
  });
  const talker = () => new RestTalker(server.ready.base_url, randomUUID(), 'en');
  /** A chat that waits at the date of birth. */
  const waiting = async () => {
    const talk = talker();
    await talk.say('hi');
    assert.match(textOf(await talk.say('Ada')), /born/);
    return talk;
  };

  before(async () => {
    writeSolution(first, [kName, kBirth, kCity]);
    writeSolution(second, [kName, kPhone, kBirth, kCity]);
    await millrace('deploy', first);
    server = await Server.start({data, solutions: []});
  });
  after(() => server?.stop());

  test('pin: the chat ends as it began; new chats get the new question', async () => {
    const talk = await waiting();
    assert.match(await millrace('impact', second), /[1-9]\d* live chats? .* 0 stand on a node/);
    assert.match(await millrace('deploy', second), /v2 .*pin/);
    await serves(/phone/);
    assert.match(textOf(await talk.say('1990-12-10')), /city/);
    assert.match(textOf(await talk.say('London')), /Got: Ada 1990-12-10 London/);
  });

  test('migrate: the chat goes on at the same question of the other version', async () => {
    await millrace('rollback', 'Probe', '--to', 'v1');
    await serves(/born/);
    const talk = await waiting();
    await millrace('deploy', second, '--on-live', 'migrate');
    await serves(/phone/);
    assert.match(textOf(await talk.say('1990-12-10')), /city/);
    // The question put in before is behind this chat; and prints as what was never set does.
    assert.match(textOf(await talk.say('London')), /Got: Ada None 1990-12-10 London/);
  });

  test('migrate: a renamed node is found by was:, one that is gone keeps its version', async () => {
    await millrace('rollback', 'Probe', '--to', 'v1');
    await serves(/born/);
    const [renamed, stays] = [await waiting(), await waiting()];
    await stays.say('1990-12-10');
    const third = join(folder, 'third');
    writeSolution(third, [kName, kPhone, ['DATE', 'Your day?', '    was: birth\n']]);
    assert.match(await millrace('impact', third), /would stay/);
    await millrace('deploy', third, '--on-live', 'migrate');
    await serves(/phone/);
    assert.match(textOf(await renamed.say('1990-12-10')), /Got: Ada None 1990-12-10/);
    assert.match(textOf(await stays.say('London')), /Got: Ada 1990-12-10 London/);
  });

  test('restart: the chat begins again in the new version with what is said next', async () => {
    await millrace('rollback', 'Probe', '--to', 'v1');
    await serves(/born/);
    const talk = await waiting();
    await millrace('deploy', second, '--on-live', 'restart');
    await serves(/phone/);
    assert.match(textOf(await talk.say('1990-12-10')), /name/);
    assert.match(textOf(await talk.say('Ada')), /phone/);
  });

  test('the list says which is current; a version that is installed is locked', async () => {
    const listed = JSON.parse(await millrace('versions', '--json'));
    const {hash, version} = listed.find((/** @type {{current: boolean}} */ one) => one.current);
    assert.equal(version, 'v2');
    const put = (/** @type {string} */ id) =>
      fetch(`${server.ready.base_url}/botmanager/versions/${id}/graph`, {method: 'PUT', body: '{}'});
    const locked = await put(hash);
    assert.equal(locked.status, 412);
    assert.match(await locked.text(), /Solution version is set and cannot be updated\./);
    assert.equal((await put('none')).status, 404);
  });

  test('what has errors or fails its tests is not deployed', async () => {
    const broken = join(folder, 'broken');
    cpSync(second, broken, {recursive: true});
    mkdirSync(join(broken, 'tests'));
    writeFileSync(join(broken, 'tests', 'a.test.yaml'),
      'tests:\n  - name: wrong\n    steps:\n      - start\n      - expect: Nothing of the kind\n');
    const failing = await run(['deploy', broken, '--data', data]);
    assert.equal(failing.code, 1, failing.stderr);
    assert.match(failing.stderr, /tests do not pass/);
    writeFileSync(join(broken, 'flows', 'main.flow.yaml'), 'nodes: {a: {say: x, next: nowhere}}\n');
    const unsound = await run(['deploy', broken, '--data', data]);
    assert.equal(unsound.code, 1);
    assert.match(unsound.stderr, /nowhere/);
  });

  test('every stored chat replays byte for byte, across its versions', async () => {
    const chats = JSON.parse(await millrace('chats', '--json'))
      .map((/** @type {{chat: string}} */ {chat}) => chat);
    assert.ok(chats.length >= 10, `${chats.length} chats`);
    for (const chat of chats) {
      assert.match(await millrace('replay', chat), /byte for byte the same/);
    }
  });

  test('a stored chat becomes a test that passes', async () => {
    const talk = talker();
    for (const text of ['hi', 'Grace', '555', '1906-12-09', 'New York']) await talk.say(text);
    const [{chat}] = JSON.parse(await millrace('chats', '--json'));
    const found = await millrace('test', second, '--from-chat', chat);
    assert.match(found, /say: Grace/);
    mkdirSync(join(second, 'tests'));
    writeFileSync(join(second, 'tests', 'found.test.yaml'), found);
    const {code, stdout, stderr} = await run(['test', second]);
    assert.equal(code, 0, stdout + stderr + found);
    assert.match(stdout, /1 .*passed/);
  });
});
