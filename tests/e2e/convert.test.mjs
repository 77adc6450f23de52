// `millrace convert --write` there and back on the solutions of the repository: each time it leaves
// a solution that passes `millrace check`, and whose own tests come out as before.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';

import {kBinary, kRepository, temporaryFolder} from './support/server.mjs';

/**
 * @param {string[]} words
 */
function millrace(...words) {
  const {status, stdout, stderr} = spawnSync(kBinary, words, {encoding: 'utf8'});
  return {status, said: stdout + stderr};
}

/**
 * What its own tests come to, without how long they took and where what they miss is written.
 * @param {string} folder
 */
function tested(folder) {
  const {status, said} = millrace('test', folder);
  return {status, said: said.replace(/\d+(\.\d+)? m?s\b|\S+:\d+:/g, '…')};
}

/**
 * @param {string} folder
 * @param {'csv' | 'yaml'} notation
 */
function convert(folder, notation) {
  const {status, said} = millrace('convert', folder, '--to', notation, '--write');
  assert.equal(status, 0, said);
  const checked = millrace('check', folder);
  assert.equal(checked.status, 0, checked.said);
  assert.equal(existsSync(join(folder, 'templates/bot.csv')), notation === 'csv');
}

/**
 * @param {Record<string, string>} files
 */
function solution(files) {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/**
 * @param {string} folder
 */
function flowFiles(folder) {
  if (!existsSync(join(folder, 'flows'))) return {};
  const names = readdirSync(join(folder, 'flows')).filter((name) => name.endsWith('.flow.yaml'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, 'flows', name), 'utf8')]),
  );
}

// Every solution in the repository that passes by itself.
const kSolutions = [
  ...readdirSync(join(kRepository, 'examples')).map((name) => `examples/${name}`),
  'bench/solution',
  'bench/overload/counting',
  'bench/overload/slow',
  'tests/conversations/desk',
  'tests/e2e/support/reminded',
];

describe('convert --write', () => {
  for (const path of kSolutions) {
    test(`leaves ${path} whole, or says what CSV cannot say`, () => {
      const folder = join(temporaryFolder(), 'solution');
      cpSync(join(kRepository, path), folder, {recursive: true});
      const checked = millrace('check', folder);
      assert.equal(checked.status, 0, checked.said);
      const before = tested(folder);
      const csv = join(folder, 'templates/bot.csv');
      if (existsSync(csv)) {
        const rows = readFileSync(csv, 'utf8');
        convert(folder, 'yaml');
        assert.deepEqual(tested(folder), before);
        convert(folder, 'csv');
        assert.deepEqual(tested(folder), before);
        assert.equal(readFileSync(csv, 'utf8'), rows);
        return;
      }
      const flows = flowFiles(folder);
      const {status, said} = millrace('convert', folder, '--to', 'csv', '--write');
      if (status === 0) {
        const there = millrace('check', folder);
        assert.equal(there.status, 0, there.said);
        assert.deepEqual(tested(folder), before);
        convert(folder, 'yaml');
        assert.deepEqual(tested(folder), before);
        return;
      }
      assert.equal(status, 1, said);
      const complaints = said.split('\n').filter((line) => line.includes(': error: '));
      assert.ok(complaints.length > 0, said);
      for (const line of complaints) assert.match(line, /CSV format cannot say .*\[not_in_csv\]/);
      assert.deepEqual(flowFiles(folder), flows, 'nothing is written, and nothing removed');
      assert.deepEqual(tested(folder), before);
    });
  }

  test('keeps names, comments, translations, tests, `was` and a form through CSV and back', () => {
    const folder = solution({
      'app.py': `NAME = 'Tea'
BOTS = []
CSV_BOTS = ['Tea']
PATH = ''
PARAMS = {'sandbox': {}, 'live': {}}
`,
      'solution.yaml': 'name: Tea\nlocales: [en, fr]\n',
      'flows/main.flow.yaml': `nodes:
  # Everybody begins here.
  welcome:
    ask: Tea?
    buttons:
      - {'Yes, please': who}
      - {No: bye}
    was: main.hello

  who:
    form:
      - NAME: What is your name?
      - CITY: Where do you live?
    next: pay

  bye:
    say: Goodbye, {NOBODY}
    end: true
`.replace('{NOBODY}', 'then'),
      'flows/pay.flow.yaml': `nodes:
  start:
    say: That is 3 €, {NAME} of {CITY}.
    end: true
`,
      'messages/fr.yaml': `main:
  welcome: {ask: 'Du thé ?', buttons: {'Yes, please': 'Oui', 'No': 'Non'}}
  who: {NAME: {ask: 'Votre nom ?'}, CITY: {ask: 'Votre ville ?'}}
  bye: {say: 'Au revoir'}
pay:
  start: {say: '3 €, {NAME} de {CITY}.'}
`,
      'tests/tea.test.yaml': `tests:
  - name: tea for somebody
    steps:
      - say: hi
      - expect: Tea?
      - say: Yes, please
      - expect: What is your name?
      - say: Ada
      - expect: Where do you live?
      - say: Bath
      - expect: That is 3 €, Ada of Bath.
`,
    });
    const before = tested(folder);
    assert.equal(before.status, 0, before.said);
    convert(folder, 'csv');
    assert.deepEqual(tested(folder), before);
    const rows = readFileSync(join(folder, 'templates/bot.csv'), 'utf8');
    assert.match(rows, /main\.welcome/);
    assert.match(rows, /main\.hello/);
    assert.match(rows, /# Everybody begins here\./);
    convert(folder, 'yaml');
    assert.deepEqual(tested(folder), before);
    assert.match(flowFiles(folder)['main.flow.yaml'], /# Everybody begins here\.\n {2}welcome:/);
    convert(folder, 'csv');
    assert.equal(readFileSync(join(folder, 'templates/bot.csv'), 'utf8'), rows);
  });
});
