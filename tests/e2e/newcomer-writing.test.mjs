// What somebody who writes a first solution may run into: a node that says and does, a question in
// braces, a test that looks at the end only, and what the checker says of a slip.

import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';

import {kBinary, kRepository, run, temporaryFolder} from './support/server.mjs';

const kApp = `NAME = 'Tea'
BOTS = []
CSV_BOTS = ['Tea']
PATH = ''
PARAMS = {'sandbox': {}, 'live': {}}
`;

/** @param {Record<string, string>} files beside app.py; `main` is the nodes of the first flow */
function solution({main, ...files}) {
  const folder = join(temporaryFolder(), 'tea');
  const all = {'app.py': kApp, 'flows/main.flow.yaml': `nodes:\n${main}`, ...files};
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** @param {Record<string, string>} files */
async function checked(files) {
  const {code, stdout, stderr} = await run(['check', solution(files)]);
  return {code, said: stdout + stderr};
}

/**
 * What the bot says to these lines in the terminal.
 * @param {string} folder
 * @param {string[]} lines
 */
async function chat(folder, lines) {
  const said = lines.map((line) => `${line}\n`).join('');
  return (await run(['chat', folder], kBinary, {}, said)).stdout;
}

const kBye = '  bye: {say: Bye, end: true}\n';

describe('A node that says something', () => {
  const kThings = {
    set: 'set: {A: b}',
    if: "if: [{when: \"'a' = 'a'\", to: bye}, {else: bye}]",
    call: 'call: other',
    do: `do: SysShowMetadata
    with: {assign_metadata_vars: {consumer_id: WHO}}
    variable: WHO
    outputs: [success]
    decide: success
    on: {'true': bye, error: bye}`,
    end: 'next: bye',
  };

  for (const [kind, thing] of Object.entries(kThings)) {
    test(`says it before it goes on with ${kind}`, async () => {
      const folder = solution({main: `  a:\n    say: Please read this.\n    ${thing}\n${kBye}`,
        'flows/other.flow.yaml': 'nodes:\n  in: {say: Called}\n  back: {return: true}\n'});
      assert.match(await chat(folder, ['hi']), /bot> Please read this\.\n(bot> Called\n)?bot> Bye/);
    });
  }

  test('and asks as well is refused, so that no text is lost', async () => {
    const {code, said} = await checked({
      main: `  a: {say: Please read this., ask: 'Well?', variable: A}\n${kBye}`});
    assert.equal(code, 1);
    assert.match(said, /either says or asks .*\[kind_twice\]/);
  });
});

describe('A question', () => {
  const kRoom = `  room: {ask: Which room?, buttons: [Single, Double], variable: ROOM}\n${kBye}`;
  const kTest = `tests:
  - name: a room
    steps:
      - say: hi
      - expect: {text: Which room?, buttons: [Single, Double]}
      - say: Double
      - expect: Bye
`;

  test('is written in braces as it is, in flows, translations and tests', async () => {
    const folder = solution({main: kRoom, 'solution.yaml': 'name: Tea\nlocales: [en, de]\n',
      'messages/de.yaml': `main:
  room: {ask: Welches Zimmer?, buttons: {Single: Einzel, Double: Doppel}}
  bye: {say: Tschüss}
`,
      'tests/room.test.yaml': kTest});
    const check = await run(['check', folder]);
    assert.match(check.stdout, /0 errors, 0 warnings/);
    const tested = await run(['test', folder]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  });

  test('that YAML takes for something else is to be put in quotes', async () => {
    const {code, said} = await checked({main: `  room: {say: [Which, end: true}\n`});
    assert.equal(code, 1);
    assert.match(said, /main\.flow\.yaml:\d+:\d+: error: .*in quotes\) \[yaml_syntax\]/);
  });

  test('of a test file is known to editors', async () => {
    const {code, stdout} = await run(['schema', 'test']);
    assert.equal(code, 0);
    const schema = JSON.parse(stdout);
    assert.ok(schema.properties.tests);
    assert.match(stdout, /"expect"[^]*"strict"|"strict"[^]*"expect"/);
  });

  test('is asked and shown when a date picker puts it', async () => {
    const said = await chat(solution({main: `  when:
    ask: ''
    variable: DAY
    asset: {kind: datepicker, message: 'Which day?'}
${kBye}`}), ['hi', '2026-01-06']);
    assert.match(said, /Which day\?\n +\(a date, such as /);
    assert.match(said, /bot> Bye/);
  });

  test('without a subject is named in plain words when its answer is changed', async () => {
    const said = await chat(solution({main: `  name: {ask: 'Your name?', variable: NAME}
  age: {ask: 'Your age?', type: number, variable: AGE}
  bye: {say: 'Bye, {NAME}', end: true}
`}), ['hi', 'Rob', 'actually my name is Bob', '42']);
    assert.match(said, /bot> Changed: name is now Bob\.\n/);
    assert.match(said, /bot> Bye, Bob\n/);
  });
});

describe('A test of a solution', () => {
  const kMain = `  name: {ask: 'Your name?', variable: NAME}
  send:
    do: BrazeTrack
    with:
      user: {external_id: '{NAME}'}
      events:
        - {name: came, properties: {by: chat}}
        - {name: booked, properties: {room: Double}}
    outputs: [outcome]
    decide: outcome
    on: {ok: thanks, error: thanks}
  thanks: {say: 'Thank you, {NAME}.'}
${kBye}`;

  /** @param {string} steps @param {string[]} options */
  function tested(steps, ...options) {
    const text = `tests:
  - name: the end alone
    strict: false
    actions: {BrazeTrack: {outcome: ok}}
    steps:
      - say: hi
      - say: Ada
${steps}`;
    return run(['test', solution({main: kMain, 'tests/tea.test.yaml': text}), ...options]);
  }

  test('that is not strict looks forward to what it expects, and only forward', async () => {
    const later = await tested('      - expect: {contains: Thank}\n      - expect: Bye\n');
    assert.equal(later.code, 0, later.stdout);
    const back = await tested('      - expect: Bye\n      - expect: {contains: Thank}\n');
    assert.equal(back.code, 1);
    assert.match(back.stdout, /tea\.test\.yaml:9: .*Thank/);
  });

  test('names of a list in a call what it cares for', async () => {
    const call = (/** @type {string} */ events) =>
      tested(`      - expect_call: {BrazeTrack: {events: [${events}]}}\n`);
    for (const events of ['{name: booked}', '{name: came}, {name: booked}',
      '{properties: {room: Double}}']) {
      const found = await call(events);
      assert.equal(found.code, 0, found.stdout);
    }
    for (const events of ['{name: cancelled}', '{name: booked}, {name: came}']) {
      assert.equal((await call(events)).code, 1, events);
    }
  });

  test('that no name fits is told from one that is not there', async () => {
    const {code, stderr} = await tested('      - expect: Bye\n', '--filter', 'nosuch');
    assert.equal(code, 2);
    assert.match(stderr, /no test has 'nosuch' in its name/);
  });
});

describe('The checker', () => {
  test('names nodes as their author does, and what was meant', async () => {
    const {said} = await checked({main: `  branch:
    ask: 'Pain?'
    buttons: [{'Yes': urgnt}, {'No': urgent}]
    variable: PAIN
  urgent: {say: 'Come, {PAINN}', end: true}
`});
    assert.match(said, /node main\.branch: buttons: .*'urgnt' \(did you mean 'urgent'\?\)/);
    assert.match(said, /node main\.urgent: say: .*PAINN \(did you mean PAIN\?\)/);
    assert.ok(!/node \d|column/i.test(said), said);
  });

  test('has remedies for translations that work', async () => {
    const main = `  hello: {say: [Hello, there]}
  tea: {ask: 'Tea?', type: choice, choices: [Green, Black], variable: TEA}
`;
    const files = {main: main + kBye, 'solution.yaml': 'name: Tea\nlocales: [en, de]\n'};
    const before = await checked({...files, 'messages/de.yaml': 'main: {}\n'});
    assert.match(before.said, /main\.hello: .*no de text/);
    for (const word of ['say', 'message']) {
      const {code, said} = await checked({...files, 'messages/de.yaml': `main:
  hello: {${word}: [Hallo, du]}
  tea: {ask: Tee, options: {Green: Grün, Black: Schwarz}}
  bye: {say: Tschüss}
`});
      assert.equal(code, 0, said);
      assert.match(said, /0 errors, 0 warnings/);
    }
  });
});

test('a language that a solution does not speak is named, with those that it speaks', async () => {
  const {stderr} = await run(['chat', solution({main: kBye}), '--locale', 'fr']);
  assert.match(stderr, /does not speak fr .*it speaks en/);
});

test('the command of the README turns a flow in CSV into YAML', async () => {
  const readme = readFileSync(join(kRepository, 'README.md'), 'utf8');
  const [, options] = /^millrace convert my-solution (.*?) +#/m.exec(readme) ?? [];
  const example = join(kRepository, 'examples/braze-profile');
  const {code, stdout} = await run(['convert', example, ...options.split(' ')]);
  assert.equal(code, 0);
  assert.match(stdout, /^nodes:$/m);
});
