// What a first hour with the command line may run into: a word that no command knows, an argument
// that is missing, a folder that is mistyped, a key that is another's, a version that was left.

import assert from 'node:assert/strict';
import {cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kBinary, kRepository, run, setSecret, temporaryFolder}
  from './support/server.mjs';
import {until} from './support/until.mjs';

/** @typedef {{name: string, needs: string[]}} Command */

const kSignup = join(kRepository, 'examples/signup');
const kPage = readFileSync(join(kRepository, 'docs/cli.md'), 'utf8');

/**
 * Every command that is none of a group's name, with what it cannot do without, as docs/cli.md has
 * it: that page is written from what the commands themselves say.
 * @returns {Command[]}
 */
function commands() {
  const sections = kPage.split(/^##+ millrace /m).slice(1);
  const all = sections.map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    needs: [...section.matchAll(/^\| `(\S+?)(?: \S+)?` \|.*\(required/gm)].map(([, name]) => name),
  }));
  return all.filter(({name}) => !all.some((other) => other.name.startsWith(`${name} `)));
}

const kCommands = commands();

describe('Every command', () => {
  const folder = temporaryFolder();

  test('is on the page of commands', () => assert.ok(kCommands.length > 50, `${kCommands.length}`));

  test('names an option that it does not know before anything that is missing', async () => {
    for (const {name} of kCommands) {
      const {code, stderr} = await run([...name.split(' '), '--zyxwv']);
      assert.equal(code, 2, name);
      assert.ok(stderr.startsWith(`millrace ${name}: there is no option --zyxwv\n`), stderr);
    }
  });

  test('names all that is missing at once', async () => {
    for (const {name, needs} of kCommands.filter((command) => command.needs.length > 0)) {
      const {code, stderr} = await run(name.split(' '));
      assert.equal(code, 2, name);
      const [said] = stderr.split('\n');
      assert.match(said, needs.length > 1 ? / are missing$/ : / is missing$/);
      for (const need of needs) assert.ok(said.includes(need), `${need}: ${said}`);
    }
  });

  // These make the folder, or write into it what counts for the first deploy.
  const kBegin = ['dev', 'demo', 'serve', 'deploy', 'braze-sandbox', 'restore', 'grant',
    'secret set'];
  /** @type {Record<string, string>} */
  const kGiven = {'DIR': kSignup, '--solution': kSignup, '--to': join(folder, 'copy'),
    '--grant': 'viewer'};

  test('refuses a data folder that is not there by its name, and makes none', async () => {
    const typo = join(folder, 'typo');
    const looking = kCommands.filter(({name, needs}) =>
      needs.includes('--data') && !kBegin.includes(name));
    assert.ok(looking.length > 35, `${looking.length}`);
    for (const {name, needs} of looking) {
      const values = needs.filter((need) => need !== '--data').flatMap((need) => {
        const value = kGiven[need] ?? 'x';
        return need.startsWith('--') ? [need, value] : [value];
      });
      const {code, stdout, stderr} = await run([...name.split(' '), ...values, '--data', typo]);
      assert.equal(code, 2, `${name}: ${stderr}`);
      assert.ok(stderr.includes(typo), `${name}: ${stderr}`);
      assert.equal(stdout, '', `${name} answers from a folder that is not there`);
      assert.ok(!existsSync(typo), `${name} made the folder`);
    }
  });

  test('that takes a data folder only sometimes makes none either', async () => {
    const typo = join(folder, 'typo');
    const chat = '5e96beb9-3d61-8660-b112-67821fe50398';
    for (const options of [['test', kSignup, '--from-chat', chat],
      ['action', 'run', 'X', '--solution', kSignup], ['doctor']]) {
      const {code, stdout, stderr} = await run([...options, '--data', typo]);
      assert.notEqual(code, 0, options[0]);
      assert.ok((stdout + stderr).includes(typo), stdout + stderr);
      assert.ok(!existsSync(typo), `${options[0]} made the folder`);
    }
  });
});

describe('A store of secrets', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const [own, other] = [join(folder, 'own.key'), join(folder, 'other.key')];

  before(async () => {
    assert.equal(await setSecret('one', 'A', '--data', data, '--secrets-key', own), 0);
    assert.equal(
      await setSecret('two', 'B', '--data', join(folder, 'elsewhere'), '--secrets-key', other), 0);
  });

  test('is not sealed anew under a key that does not open it', async () => {
    const before = readFileSync(join(data, 'secrets.json'), 'utf8');
    const key = readFileSync(other);
    const refused = await run(['secret', 'rotate', '--data', data, '--secrets-key', other]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /'A' is sealed under another master key/);
    assert.equal(readFileSync(join(data, 'secrets.json'), 'utf8'), before);
    assert.deepEqual(readFileSync(other), key, 'nor does that key change');
    const done = await run(['secret', 'rotate', '--data', data, '--secrets-key', own]);
    assert.equal(done.code, 0, done.stderr);
  });

  test('is looked into by the doctor, who says whose key is wanted', async () => {
    const look = async (/** @type {string} */ key) => {
      const {stdout} = await run(['doctor', '--json', '--data', data],
        kBinary, {MILLRACE_SECRETS_KEY_FILE: key});
      return JSON.parse(stdout).checks.find(
        (/** @type {{name: string}} */ check) => check.name === 'secrets');
    };
    assert.equal((await look(own)).state, 'ok');
    const wrong = await look(other);
    assert.equal(wrong.state, 'wrong');
    assert.match(wrong.found, /'A' cannot be opened/);
    assert.match(wrong.remedy, /--secrets-key/);
  });
});

describe('A server with two versions', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const solution = join(folder, 'signup');
  /** @type {Server} */
  let server;

  before(async () => {
    cpSync(kSignup, solution, {recursive: true});
    const deployed = await run(['deploy', solution, '--data', data]);
    assert.equal(deployed.code, 0, deployed.stderr);
    server = await Server.start({data, solutions: [], more: ['--metrics', '127.0.0.1:0']});
  });
  after(() => server?.stop());

  test('gives each figure under the name that docs/metrics.md has', async () => {
    const ada = new RestTalker(server.ready.base_url, 'ada');
    const lines = ['hi', 'Ada', 'Lovelace', 'ada@example.com', '1990-12-10', 'Bath', 'Linux'];
    for (const line of lines) await ada.say(line);
    const {metrics_url} = /** @type {{metrics_url: string}} */ (/** @type {any} */ (server.ready));
    const figures = await until('a delivery', async () => {
      const text = await (await fetch(metrics_url)).text();
      return text.includes('millrace_deliveries_total{') && text;
    });
    const names = [...figures.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    assert.ok(names.includes('millrace_delivery_requests_total'), names.join(' '));
    const page = readFileSync(join(kRepository, 'docs/metrics.md'), 'utf8');
    for (const name of names) {
      assert.match(name, /^millrace_/);
      assert.ok(page.includes(`\`${name.slice('millrace_'.length)}\``), `${name} is on no page`);
    }
  });

  test('is taken back to the one before, and told of the chats that it leaves', async () => {
    const flow = join(solution, 'flows/main.flow.yaml');
    writeFileSync(flow, readFileSync(flow, 'utf8').replace('What is your first', 'Your first'));
    const deployed = await run(['deploy', solution, '--skip-tests', '--data', data]);
    assert.match(deployed.stdout, /deployed SignUp v2/, deployed.stderr);
    let people = 0;
    await until('the second version', async () => {
      const bob = new RestTalker(server.ready.base_url, `bob-${++people}`);
      return textOf(await bob.say('hi')).includes('Your first');
    });
    const {code, stdout} = await run(['rollback', 'SignUp', '--data', data]);
    assert.equal(code, 0);
    assert.match(stdout, /^deployed SignUp v1 [^]*\n1 of 1 live chats? on v2 stays? there:\n/);
    const ways = [...stdout.matchAll(/^ +millrace (rollback .*)$/gm)].map(([, way]) => way);
    assert.equal(ways.length, 2, stdout);
    const taken = await run(ways[0].split(' '));
    assert.equal(taken.code, 0, taken.stderr);
    assert.match(taken.stdout, /live chats: migrate/);
  });

  test('is not taken forward again to the one that was left, unless that is named', async () => {
    const again = await run(['rollback', 'SignUp', '--data', data]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /no version below v1; with --to/);
    const named = await run(['rollback', 'SignUp', '--to', 'v2', '--data', data]);
    assert.match(named.stdout, /deployed SignUp v2/);
  });

  /** @type {Record<string, RegExp>} */
  const kLists = {
    'chats': /^CHAT +SOLUTION +VERSION .*\n\S+ +SignUp +v2 /,
    'versions': /^.*SOLUTION +VERSION .*\n.*SignUp +v1 /,
    'deliveries list': /^.*STATE +OWED AT .*\n.*delivered /,
    'secret list': /^NAME +VERSION .*\nA +1 /,
    'user list': /^.*NAME .*\n.*ada /,
  };

  test('lists what it has under headers for people, and as arrays for programs', async () => {
    const key = join(folder, 'secrets.key');
    assert.equal(await setSecret('one', 'A', '--data', data, '--secrets-key', key), 0);
    const added = await run(['user', 'add', 'ada', '--grant', 'viewer', '--data', data]);
    assert.equal(added.code, 0, added.stderr);
    for (const [name, header] of Object.entries(kLists)) {
      const shown = await run([...name.split(' '), '--data', data]);
      assert.match(shown.stdout, header, name);
      const {stdout} = await run([...name.split(' '), '--json', '--data', data]);
      const rows = JSON.parse(stdout);
      assert.ok(Array.isArray(rows) && rows.length > 0, `${name}: ${stdout}`);
      for (const [key, value] of rows.flatMap((row) => Object.entries(row))) {
        if (key.endsWith('_at') && value !== null) assert.match(value, /^\d{4}-\d\d-\d\dT/, key);
      }
    }
  });

  test('says in JSON what a deploy would touch and what it did', async () => {
    const impact = JSON.parse(
      (await run(['impact', solution, '--data', data, '--json'])).stdout);
    assert.equal(impact.solution, 'SignUp');
    assert.ok(impact.chats > 0, JSON.stringify(impact));
    const deployed = await run(['deploy', solution, '--skip-tests', '--data', data, '--json']);
    const {version, was_current} = JSON.parse(deployed.stdout);
    assert.deepEqual([version, was_current], ['v2', true]);
  });
});

test('the demo plays its example away from the sources', async () => {
  const folder = temporaryFolder();
  cpSync(kBinary, join(folder, 'millrace'));
  const there = `cd "${folder}" && exec ./millrace demo --script`;
  const {code, stdout, stderr} = await run(['-c', there], 'sh');
  assert.equal(code, 0, stdout + stderr);
});
