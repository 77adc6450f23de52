// The topics of the live socket that tell whoever writes a solution what others do: the files of a
// workspace and who is there, and deploys.

import assert from 'node:assert/strict';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {listen} from './support/live.mjs';
import {keyWith} from './support/operators.mjs';
import {run} from './support/server.mjs';
import {until} from './support/until.mjs';
import {hashOf, kFlow, writing} from './support/writing.mjs';

const kFiles = 'workspace:Signup/main';
const kDeploys = 'deploys:Signup';

describe('the live socket of who writes', () => {
  /** @type {Awaited<ReturnType<typeof writing>>} */ let all;
  before(async () => {
    all = await writing();
  });
  after(() => all.server.stop());

  test('tells of files that others save, and who, and that an editor changes', async () => {
    const {api, viewer, designer, folder, onDisk, saved} = all;
    const live = await listen(api, viewer.headers);
    assert.ok((await live.subscribe(kFiles)).subscribed > 0);
    const text = `${onDisk(kFlow)}# a word\n`;
    assert.equal(
      (await saved(designer, [{path: kFlow, base: hashOf(onDisk(kFlow)), text}])).status,
      200,
    );
    const change = await live.hears('file_changed', ({path}) => path === kFlow);
    assert.equal(change.data.hash, hashOf(text));
    assert.equal(change.data.by, 'test', 'the name of the key');

    writeFileSync(join(folder, 'notes.md'), 'written elsewhere');
    const made = await live.hears('file_changed', ({path}) => path === 'notes.md');
    assert.equal(made.data.hash, hashOf('written elsewhere'));
    assert.equal(made.data.by, undefined);
    rmSync(join(folder, 'notes.md'));
    await live.hears('file_changed', ({path, hash}) => path === 'notes.md' && hash === null);
    assert.ok(!JSON.stringify(live.heard).includes('written elsewhere'), 'names, no contents');

    const again = await listen(api, viewer.headers);
    const begun = await again.subscribe(kFiles, {after: change.seq});
    assert.equal(begun.subscribed, change.seq);
    await again.hears('file_changed', ({hash}) => hash === null);
    assert.deepEqual(
      again.heard.filter(({type}) => type === 'file_changed').map(({data}) => data.path),
      ['notes.md', 'notes.md'],
      'what came after, once and in order',
    );
    const lost = await listen(api, viewer.headers);
    await lost.subscribe(kFiles, {after: 7});
    await until('the gap', () => lost.heard.find(({gap}) => gap === true));
    for (const each of [live, again, lost]) each.end();
  });

  test('tells who is there, and of commits and branches', async () => {
    const {api, viewer, owner, git} = all;
    const live = await listen(api, viewer.headers);
    await live.subscribe(kFiles);
    const other = await listen(api, {Cookie: owner.headers.Cookie, Origin: api.origin});
    await other.subscribe(kFiles);
    await live.hears('presence', ({people}) => people.join() === 'anna,test');
    other.end();
    await live.hears('presence', ({people}) => people.join() === 'test');
    git('commit', '-q', '-a', '-m', 'Another word');
    const changed = await live.hears('git_changed');
    assert.deepEqual(changed.data, {branch: 'main', head: git('rev-parse', 'HEAD').trim()});
    live.end();
  });

  test('tells who works on which node, to whoever listens', async () => {
    const {api, viewer, designer, owner} = all;
    const live = await listen(api, viewer.headers);
    assert.deepEqual((await live.subscribe(kFiles)).claims, []);
    const other = await listen(api, {Cookie: owner.headers.Cookie, Origin: api.origin});
    const node = 'main.name';
    other.say({claim: kFiles, node});
    await other.refused('failed_precondition');
    await other.subscribe(kFiles);
    other.say({claim: kFiles, node});
    const claim = await live.hears('claim');
    assert.deepEqual([claim.data.node, claim.data.by], [node, 'anna']);
    assert.ok(Date.parse(claim.data.until) > Date.now());
    const late = await listen(api, designer.headers);
    const [stands] = (await late.subscribe(kFiles)).claims;
    assert.deepEqual([stands.node, stands.by], [node, 'anna']);
    late.say({claim: kFiles, node});
    await live.hears('claim', ({by}) => by === 'test');
    late.say({unclaim: kFiles, node});
    await live.hears('claim', ({by, until: end}) => by === 'test' && end === null);
    live.say({claim: kFiles, node});
    await live.refused('permission_denied');
    late.say({claim: kFiles});
    await late.refused('invalid_argument');
    other.end();
    await live.hears('claim', ({by, until: end}) => by === 'anna' && end === null);
    for (const each of [live, late]) each.end();
  });

  test('tells what a check of the files found, and not of a draft', async () => {
    const {api, viewer, designer} = all;
    const live = await listen(api, viewer.headers);
    await live.subscribe(kFiles);
    const overlay = {[kFlow]: 'nodes: 5\n'};
    const values = {solution: 'Signup', workspace: 'main'};
    const draft = await designer.get('checkWorkspace', {values, body: {overlay}});
    assert.equal(draft.sound, false);
    const checked = await designer.get('checkWorkspace', {values, body: {}});
    const {data} = await live.hears('check_done');
    assert.deepEqual(
      [data.sound, data.hash, data.errors, data.by],
      [true, checked.hash, 0, 'test'],
    );
    live.end();
  });

  test('tells of deploys and going back, by whomever, and all that one has missed', async () => {
    const {api, viewer, owner, data, folder, onDisk} = all;
    const values = {solution: 'Signup'};
    const live = await listen(api, viewer.headers);
    const {subscribed} = await live.subscribe(kDeploys);
    assert.equal(subscribed, 1, 'the one that the server began with');
    writeFileSync(join(folder, kFlow), `${onDisk(kFlow)}# another\n`);
    const deployed = await run(['deploy', folder, '--data', data]);
    assert.equal(deployed.code, 0, deployed.stderr);
    const done = await live.hears('done');
    assert.deepEqual([done.seq, done.data.number, done.data.on_live], [2, 2, 'pin']);
    const back = await owner.get('rollBack', {values, body: {}});
    const gone = await live.hears('rolled_back');
    assert.deepEqual([gone.seq, gone.data.hash], [3, back.now.hash]);
    const late = await listen(api, viewer.headers);
    await late.subscribe(kDeploys, {after: 0});
    await late.hears('rolled_back');
    assert.deepEqual(
      late.heard.filter(({type}) => type).map(({seq, type}) => [seq, type]),
      [
        [1, 'done'],
        [2, 'done'],
        [3, 'rolled_back'],
      ],
    );
    for (const each of [live, late]) each.end();
  });

  test('is closed to others, and to what is not there', async () => {
    const {api, data, viewer} = all;
    const stranger = await listen(api, (await keyWith(api, data, 'owner@Other')).headers);
    for (const topic of [kFiles, kDeploys]) {
      assert.equal((await stranger.subscribe(topic)).error.type, 'permission_denied');
    }
    const live = await listen(api, viewer.headers);
    for (const topic of [
      'workspace:Signup/none',
      'workspace:Signup',
      'workspace:',
      'deploys:',
      'deploys:No',
    ]) {
      assert.equal((await live.subscribe(topic)).error.type, 'permission_denied', topic);
    }
    for (const each of [stranger, live]) each.end();
  });
});
