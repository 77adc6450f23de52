// What somebody meets first: a new solution, the commands that accompany its writing, and a command
// line that says what is wrong.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';

import {RestTalker} from './support/rest.mjs';
import {kBinary, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kTemplates = ['blank', 'profile', 'hotel', 'loyalty', 'csv'];

/**
 * A command that goes on, with what it has printed so far.
 * @param {string} program
 * @param {string[]} options
 * @param {Record<string, string>} [env]
 */
function begin(program, options, env = {}) {
  const child = spawn(program, options,
    {cwd: kRepository, stdio: ['pipe', 'pipe', 'pipe'], env: {...process.env, ...env}});
  process.on('exit', () => child.kill('SIGKILL'));
  const made = {child, output: ''};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (made.output += text));
  }
  return made;
}

/**
 * @param {{output: string}} made
 * @param {RegExp} wanted
 */
function shows(made, wanted) {
  return until(`${wanted} in ${made.output}`, async () => made.output.match(wanted));
}

/**
 * @param {string[]} options
 * @param {string[]} lines
 */
async function chat(options, lines) {
  const made = begin(kBinary, ['chat', ...options]);
  made.child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  await new Promise((ended) => made.child.on('close', ended));
  return made.output;
}

describe('A new solution', () => {
  const folder = temporaryFolder();

  for (const template of kTemplates) {
    test(`from the template ${template} checks and passes its tests`, async () => {
      const made = join(folder, `my-${template}`);
      const init = await run(['init', made, '--template', template]);
      assert.equal(init.code, 0, init.stderr);
      assert.match(init.stdout, /millrace dev/);
      const check = await run(['check', made]);
      assert.equal(check.code, 0, check.stdout + check.stderr);
      assert.match(check.stdout, /0 errors, 0 warnings/);
      const tested = await run(['test', made]);
      assert.equal(tested.code, 0, tested.stdout);
      const dev = await run(['dev', made, '--once', '--listen', '127.0.0.1:0']);
      assert.equal(dev.code, 0, dev.stdout + dev.stderr);
      assert.match(dev.stdout, /version 1.*tests? passed/);
    });
  }

  test('is never written over another', async () => {
    const made = join(folder, 'my-blank');
    const again = await run(['init', made]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /there is something already/);
    const nameless = await run(['init', join(folder, '42')]);
    assert.match(nameless.stderr, /begin with a letter/);
    assert.ok(!existsSync(join(folder, '42')));
  });
});

describe('millrace dev', () => {
  const folder = temporaryFolder();
  const solution = join(folder, 'bot');
  const flow = join(solution, 'flows/main.flow.yaml');
  /** @type {ReturnType<typeof begin>} */
  let dev;
  after(() => dev?.child.kill('SIGKILL'));

  test('takes up what is saved, and loses no conversation', async () => {
    await run(['init', solution]);
    dev = begin(kBinary, ['dev', solution, '--listen', '127.0.0.1:0']);
    const [url] = await shows(dev, /http:\/\/127\.0\.0\.1:\d+(?=\/chat)/);
    const ada = new RestTalker(url, 'ada');
    const first = await ada.say('hi');
    assert.deepEqual(first.map(({text}) => text), ['Hello!', 'What is your name?']);
    const before = readFileSync(flow, 'utf8');
    writeFileSync(flow, before.replace('Nice to meet you', 'A pleasure to meet you'));
    await shows(dev, /version 2/);
    assert.match(dev.output, /FAILED somebody says their name/);
    await until('the new version', async () => {
      const other = new RestTalker(url, `grace-${Math.random()}`);
      await other.say('hi');
      const [answer] = await other.say('Grace');
      return answer.text.startsWith('A pleasure');
    });
    const [answer] = await ada.say('Ada');
    assert.equal(answer.text, 'A pleasure to meet you, Ada.');
  });

  test('says what is wrong, and goes on with what was right', async () => {
    writeFileSync(flow, readFileSync(flow, 'utf8').replace('variable: NAME', 'variabel: NAME'));
    await shows(dev, /variabel.*did you mean 'variable'/);
    await shows(dev, /the version before is still served/);
  });

  test('ends when it is told to', async () => {
    const ended = new Promise((done) => dev.child.on('exit', done));
    dev.child.kill('SIGINT');
    assert.equal(await ended, 1, 'the solution was not sound at the end');
  });
});

describe('millrace chat', () => {
  const folder = temporaryFolder();
  const solution = join(folder, 'bot');

  test('shows what the engine does, sets variables and begins again', async () => {
    await run(['init', solution]);
    const output = await chat([solution, '--debug'], ['hi', 'Ada', '/nope', '//x', '/trace']);
    for (const part of [/bot> Hello!/, /· NAME = Ada/, /main\.name --next--> main\.bye/,
      /bot> Nice to meet you, Ada\./, /the conversation has ended/, /there is no \/nope/,
      /you> \/x/, /no action node has been called/]) {
      assert.match(output, part);
    }
  });

  test('shows cards, and takes their numbers', async () => {
    writeFileSync(join(solution, 'flows/main.flow.yaml'), `nodes:
  pick:
    ask: Pick a room
    variable: ROOM
    asset:
      type: carousel
      cards:
        - {title: Single, description: For one, buttons: [{label: Take the single}]}
        - {title: Double, description: For two, buttons: [{label: Take the double}]}
  done: {say: 'You have {ROOM}.', end: true}
`);
    const checked = await run(['check', solution]);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    const output = await chat([solution], ['hi', '2']);
    assert.match(output, /Double: For two\n +2\) Take the double/);
    assert.match(output, /You have Take the double\./);
  });

  test('lets time pass', async () => {
    writeFileSync(join(solution, 'flows/main.flow.yaml'), `nodes:
  q: {ask: Well, variable: X, reminders: [{after: 10m, say: Still there}]}
  done: {say: 'It is {X} and {Y}.', end: true}
  y: {set: {Y: none}, next: q}
`);
    const output = await chat([solution, '--set', 'Y=yes'], ['hi', '/skip 5m', '/skip 6m', 'fine']);
    assert.match(output, /bot> Well[^]*bot> Still there[^]*bot> It is fine and yes\./);
    assert.equal(output.match(/Still there/g)?.length, 1);
  });

  test('edits lines on a terminal, and brings former ones back', async () => {
    writeFileSync(join(solution, 'flows/main.flow.yaml'), `nodes:
  a: {ask: First, variable: A}
  b: {ask: Second, variable: B}
  done: {say: 'A is {A} and B is {B}.', end: true}
`);
    const made = begin('script', ['-qec', `${kBinary} chat ${solution}`, '/dev/null'],
      {TERM: 'xterm', NO_COLOR: '1', LC_ALL: 'C.UTF-8'});
    await shows(made, /First/);
    made.child.stdin.write('nx\x7f\x1b[Dü\r');
    await shows(made, /Second/);
    made.child.stdin.write('\x1b[A\r');
    await shows(made, /A is ün and B is ün\./);
    made.child.stdin.write('\x04');
    await new Promise((ended) => made.child.on('close', ended));
  });
});

describe('The command line', () => {
  const folder = temporaryFolder();

  test('names what it does not know, and exits with 2', async () => {
    for (const [options, says] of /** @type {[string[], RegExp][]} */ ([
      [['chek', 'x'], /there is no command 'chek' \(did you mean check\?\)/],
      [['serve', '--dta', 'D'], /there is no option --dta \(did you mean --data\?\)/],
      [['deploy'], /DIR and --data are missing|--data and DIR are missing/],
      [['secret'], /which command\? There are/],
      [['check', join(folder, 'nowhere')], /does not exist/],
      [['convert', folder, '--to', 'xml'], /xml/],
    ])) {
      const {code, stderr} = await run(options);
      assert.equal(code, 2, `${options}: ${stderr}`);
      assert.match(stderr, says);
      assert.match(stderr, /^millrace/);
    }
  });

  test('knows help and version in every shape', async () => {
    for (const options of [['help'], ['--help'], ['help', 'check'], ['secret', 'set', '--help']]) {
      assert.equal((await run(options)).code, 0, options.join(' '));
    }
    for (const options of [['version'], ['--version'], ['-V']]) {
      assert.match((await run(options)).stdout, /^\d+\.\d+\.\d+\n$/);
    }
  });

  test('creates no folder that was mistyped', async () => {
    const typo = join(folder, 'typo');
    mkdirSync(join(folder, 'there'));
    for (const options of [
      ['versions'], ['rollback', 'X'], ['impact', 'examples/signup'], ['chats'], ['replay', 'x'],
      ['trace', 'x'], ['actions', 'list'], ['deliveries', 'list'], ['secret', 'list'], ['grants'],
      ['verify'], ['forget', 'x'], ['export', 'x'], ['rebuild'], ['audit', 'verify'],
      ['user', 'list'], ['key', 'list'], ['backup', '--to', join(folder, 'copy')],
      ['deploy', 'examples/signup', '--skip-tests'],
    ]) {
      const {code, stdout, stderr} = await run([...options, '--data', typo]);
      assert.notEqual(code, 0, `${options}: ${stdout}${stderr}`);
      assert.ok(!existsSync(typo), `${options} made the folder`);
    }
  });

  test('writes completions and a manual page', async () => {
    const bash = await run(['completions', 'bash']);
    assert.match(bash.stdout, /complete .*_millrace millrace/);
    const file = join(folder, 'completions');
    writeFileSync(file, bash.stdout);
    const checked = await run(['-n', file], 'bash');
    assert.equal(checked.code, 0, checked.stderr);
    for (const shell of ['zsh', 'fish']) {
      assert.match((await run(['completions', shell])).stdout, /braze-sandbox/);
    }
    assert.match((await run(['man'])).stdout, /\.SH "Serve it"[^]*\.SS serve/);
  });
});
