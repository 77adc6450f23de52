// The part of the operator's API that solutions are written with: workspaces and their files,
// drafts that are checked, and git. api-trying.test.mjs tries and runs them.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {keyWith} from './support/operators.mjs';
import {temporaryFolder} from './support/server.mjs';
import {
  hashOf,
  isOfModels,
  isTried,
  kFlow,
  kMain as main,
  kMore,
  kPaths,
  kScript,
  writing,
} from './support/writing.mjs';

describe('the API that solutions are written with', () => {
  /** @type {Awaited<ReturnType<typeof writing>>} */ let all;
  before(async () => {
    all = await writing();
  });
  after(() => all.server.stop());

  test('lists and reads the files of a workspace', async () => {
    const {api, viewer, onDisk} = all;
    assert.deepEqual(await viewer.all('listWorkspaces', {values: main}), [
      {id: 'main', branch: 'main'},
    ]);
    const files = await viewer.all('listWorkspaceFiles', {values: main});
    const kinds = Object.fromEntries(files.map(({path, kind}) => [path, kind]));
    assert.equal(kinds['app.py'], 'script');
    assert.equal(kinds[kFlow], 'flow');
    assert.equal(kinds['tests/signup.test.yaml'], 'test');
    assert.ok(files.every(({path}) => !path.includes('.git/')));
    const file = await viewer.ask('getWorkspaceFile', {values: {...main, path: kFlow}});
    assert.equal(file.body.text, onDisk(kFlow));
    assert.equal(file.headers.get('etag'), `"${hashOf(onDisk(kFlow))}"`);
    const same = await fetch(`${api.url}/solutions/Signup/workspaces/main/files/${kFlow}`, {
      headers: {...viewer.headers, 'If-None-Match': file.headers.get('etag') ?? ''},
    });
    assert.equal(same.status, 304);
    for (const values of [
      {...main, path: 'flows/nothing.flow.yaml'},
      {...main, workspace: 'nothing', path: kFlow},
      {solution: 'Nothing', workspace: 'main', path: kFlow},
    ]) {
      assert.ok([403, 404].includes((await viewer.ask('getWorkspaceFile', {values})).status));
    }
  });

  test('reaches nothing outside of the folder', async () => {
    const {folder, api, owner, saved} = all;
    writeFileSync(join(folder, '..', 'outside.txt'), 'not yours');
    symlinkSync(join(folder, '..'), join(folder, 'up'));
    symlinkSync(join(folder, '..', 'outside.txt'), join(folder, 'link.txt'));
    for (const path of [
      '../outside.txt',
      'flows/../../outside.txt',
      '%2e%2e/outside.txt',
      '..%2foutside.txt',
      '.git/config',
      'up/outside.txt',
      'link.txt',
      '/etc/passwd',
      'a\\b',
      'flows',
    ]) {
      const url = `${api.url}/solutions/Signup/workspaces/main/files/${path}`;
      const read = await fetch(url, {headers: owner.headers});
      assert.ok(read.status >= 400 && read.status < 500, `${path}: ${read.status}`);
      assert.ok(!(await read.text()).includes('not yours'), path);
      const answered = await saved(owner, [{path: decodeURIComponent(path), text: 'mine'}]);
      assert.equal(answered.status, 400, path);
    }
    assert.equal(readFileSync(join(folder, '..', 'outside.txt'), 'utf8'), 'not yours');
    rmSync(join(folder, 'up'));
    rmSync(join(folder, 'link.txt'));
  });

  test('saves all files or none, and says what is there instead', async () => {
    const {folder, designer, onDisk, saved} = all;
    const before = onDisk(kFlow);
    const text = before.replace('Hello!', 'Welcome!');
    const answered = await saved(designer, [
      {path: kFlow, base: hashOf(before), text},
      {path: 'messages/de.yaml', text: 'main: {}\n'},
    ]);
    assert.equal(answered.status, 200, answered.text);
    assert.equal(onDisk(kFlow), text);
    assert.deepEqual(answered.body.files[0], {path: kFlow, hash: hashOf(text)});
    const late = await saved(designer, [
      {path: 'flows/more.flow.yaml', base: hashOf(kMore), text: 'nodes: {}\n'},
      {path: kFlow, base: hashOf(before), text: before},
    ]);
    assert.equal(late.status, 409);
    assert.equal(late.body.errors[0].type, 'conflict');
    assert.deepEqual(late.body.conflicts, [{path: kFlow, hash: hashOf(text), text}]);
    assert.equal(onDisk('flows/more.flow.yaml'), kMore);
    assert.equal(existsSync(join(folder, '.millrace')), false);
    const back = await saved(designer, [
      {path: kFlow, base: hashOf(text), text: before},
      {path: 'messages/de.yaml', base: hashOf('main: {}\n'), remove: true},
    ]);
    assert.equal(back.status, 200, back.text);
    assert.equal(existsSync(join(folder, 'messages/de.yaml')), false);
  });

  test('lets nobody save what runs on the server without the right to', async () => {
    const {data, api, designer, viewer, onDisk, saved} = all;
    const script = 'action_nodes/Greet.py';
    const change = [{path: script, base: hashOf(kScript), text: `${kScript}# more\n`}];
    for (const [client, path] of /** @type {const} */ ([
      [designer, 'solution.yaml'],
      [designer, 'certs/ca.pem'],
      [designer, 'anything'],
      [viewer, kFlow],
    ])) {
      const answered = await saved(client, [{path, text: ''}]);
      assert.equal(answered.status, 403, path);
    }
    const moved = [{path: kFlow, base: hashOf(onDisk(kFlow)), rename_to: 'action_nodes/X.py'}];
    assert.equal((await saved(designer, moved)).status, 403);
    assert.equal((await saved(designer, change)).status, 403);
    const developer = await keyWith(api, data, 'developer@Signup');
    assert.equal((await saved(developer, change)).status, 200);
    const back = [{path: script, base: hashOf(`${kScript}# more\n`), text: kScript}];
    assert.equal((await saved(developer, back)).status, 200);
    const other = await keyWith(api, data, 'owner@Other');
    assert.equal((await saved(other, change)).status, 403);
    // What is laid over the files to be checked runs in the inspection.
    const overlay = {'app.py': 'import os\nraise Exception(os.environ)\n'};
    const body = {solution: 'Signup', overlay};
    for (const id of ['checkWorkspace', 'runTests', 'refactor', 'diffWorkspace']) {
      const answered = await designer.ask(id, {values: main, body: {overlay}});
      assert.equal(answered.status, 403, id);
    }
    assert.equal((await designer.ask('beginTry', {body})).status, 403);
  });

  test('checks a draft from memory, and leaves out what the asker knows', async () => {
    const {folder, owner, viewer, onDisk} = all;
    const names = () => readdirSync(folder, {recursive: true}).sort();
    const was = names();
    const sound = await viewer.get('checkWorkspace', {values: main, body: {rev: 7}});
    assert.equal(sound.sound, true, JSON.stringify(sound.problems));
    assert.equal(sound.rev, 7);
    const nodes = sound.graph.flows.flatMap((/** @type {any} */ flow) => flow.nodes);
    const greet = nodes.find((/** @type {any} */ node) => node.id === 'more.greet');
    assert.equal(greet.kind, 'do');
    assert.ok(kMore.slice(greet.span[0], greet.span[1]).startsWith('  greet:'));
    assert.ok(greet.roads.some((/** @type {any} */ road) => road.to === 'more.bye'));
    assert.ok(sound.symbols.variables.includes('WHO'));
    assert.ok(sound.symbols.scripts.includes('Greet'));
    const known = {graph: sound.graph.hash, symbols: sound.symbols.hash};
    const again = await viewer.get('checkWorkspace', {values: main, body: {rev: 8, known}});
    assert.deepEqual(again.graph, {hash: sound.graph.hash});
    const overlay = {[kFlow]: onDisk(kFlow).replace('{ok: done,', '{ok: nowhere,')};
    const broken = await viewer.get('checkWorkspace', {values: main, body: {overlay, known}});
    assert.equal(broken.sound, false);
    const problem = broken.problems.find(
      (/** @type {any} */ each) => each.code === 'target_missing',
    );
    assert.equal(problem.file, kFlow);
    assert.ok(problem.line > 1);
    assert.ok(broken.graph.flows.length >= 2, 'the outline is there while there are errors');
    assert.deepEqual(names(), was, 'nothing was written');
    for (const body of [{overlay: {'../x': ''}}, {overlay: {[kFlow]: 5}}, {more: 1}]) {
      const answered = await owner.ask('checkWorkspace', {values: main, body});
      assert.equal(answered.status, 400, JSON.stringify(body));
    }
  });

  test('commits, shows and compares, as whoever is signed in', async () => {
    const {owner, designer, viewer, saved} = all;
    const text = 'tests: []\n';
    await saved(designer, [{path: 'tests/ada-s-way.test.yaml', text}]);
    const status = await viewer.get('getGit', {values: main});
    assert.equal(status.branch, 'main');
    assert.deepEqual(status.changed, [{path: 'tests/ada-s-way.test.yaml', change: 'untracked'}]);
    const paths = ['tests/ada-s-way.test.yaml'];
    const {hash} = await owner.get('commitFiles', {
      values: main,
      body: {paths, message: 'Say how Ada goes'},
    });
    const log = await viewer.all('listGitLog', {values: main, query: {limit: '1'}});
    assert.deepEqual(
      log.map(({author, subject}) => `${author}: ${subject}`),
      ['anna: Say how Ada goes', 'x: Begin'],
    );
    assert.equal(log[0].hash, hash);
    const ofNode = await viewer.all('listGitLog', {values: main, query: {node: 'more.greet'}});
    assert.equal(ofNode.length, 1);
    const diff = await viewer.get('getGitDiff', {
      values: main,
      query: {from: log[1].hash, to: 'HEAD'},
    });
    assert.deepEqual(diff.files, [{path: paths[0], change: 'added'}]);
    /** @type {Array<Record<string, string>>} */
    const wrong = [{from: '--output=/x'}, {from: '-p'}, {from: 'HEAD', to: 'a..b'}];
    for (const query of wrong) {
      assert.equal((await viewer.ask('getGitDiff', {values: main, query})).status, 400);
    }
    const empty = {values: main, body: {paths, message: 'Again'}};
    assert.equal((await owner.ask('commitFiles', empty)).status, 409);
    assert.equal((await viewer.ask('commitFiles', empty)).status, 403);
    const script = {values: main, body: {paths: ['app.py'], message: 'x'}};
    assert.equal((await designer.ask('commitFiles', script)).status, 403);
  });

  test('has workspaces on branches, and pushes and pulls them', async () => {
    const {git, owner, designer, viewer, onDisk, saved} = all;
    const added = await owner.ask('addWorkspace', {values: main, body: {branch: 'try/blue'}});
    assert.equal(added.status, 201, added.text);
    const values = {...main, workspace: added.body.id};
    assert.equal((await owner.all('listWorkspaces', {values: main})).length, 2);
    const text = onDisk(kFlow).replace('Hello!', 'Blue!');
    const change = [{path: kFlow, base: hashOf(onDisk(kFlow)), text}];
    assert.equal((await saved(owner, change, values)).status, 200);
    assert.ok(!onDisk(kFlow).includes('Blue!'));
    assert.equal((await owner.ask('removeWorkspace', {values})).status, 409);
    await owner.get('commitFiles', {values, body: {paths: [kFlow], message: 'Blue'}});
    assert.equal((await owner.ask('pushBranch', {values})).status, 409);
    const remote = join(temporaryFolder(), 'remote.git');
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', remote]);
    git('remote', 'add', 'origin', remote);
    assert.equal((await designer.ask('pushBranch', {values})).status, 403);
    await owner.get('pushBranch', {values});
    await owner.get('pushBranch', {values: main});
    await owner.get('pullBranch', {values: main});
    await owner.get('removeWorkspace', {values});
    const switched = await owner.get('switchBranch', {values: main, body: {branch: 'try/blue'}});
    assert.equal(switched.branch, 'try/blue');
    assert.ok(onDisk(kFlow).includes('Blue!'));
    await owner.get('switchBranch', {values: main, body: {branch: 'main'}});
    for (const branch of ['-f', 'nothing', 'a b', '..']) {
      const answered = await owner.ask('switchBranch', {values: main, body: {branch}});
      assert.ok([400, 404].includes(answered.status), branch);
    }
    assert.equal((await owner.ask('removeWorkspace', {values: main})).status, 400);
    assert.equal(
      (await viewer.ask('addWorkspace', {values: main, body: {branch: 'x'}})).status,
      403,
    );
  });

  test('all of it is in the audit log, and every operation was called', async () => {
    const {api, owner} = all;
    const actions = new Set((await owner.all('listAudit')).map(({action}) => action));
    for (const action of [
      'workspace.save',
      'workspace.add',
      'workspace.remove',
      'git.commit',
      'git.switch',
      'git.pull',
      'git.push',
    ]) {
      assert.ok(actions.has(action), action);
    }
    const missed = api.operations
      .filter(({path}) => kPaths.test(path) && !isTried(path) && !isOfModels(path))
      .map(({id}) => id)
      .filter((id) => ![...api.called].some((each) => each.startsWith(`${id} 2`)));
    assert.deepEqual(missed, []);
  });
});
