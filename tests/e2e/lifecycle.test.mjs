// The binary as an operator meets it: starting, stopping, and the commands beside `serve`.

import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {call, openSession, startBody} from './support/engagement.mjs';
import {Line} from './support/line.mjs';
import {answersOf, assertProfile, exportProfile, kAsks, newPerson, setFaults}
  from './support/people.mjs';
import {RestTalker, textOf} from './support/rest.mjs';
import {Server, kSolution, run, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

describe('Lifecycle', () => {
  test('SIGTERM answers what is in flight and exits 0', async () => {
    const server = await Server.start({data: temporaryFolder()});
    const talk = new RestTalker(server.ready.base_url, randomUUID());
    const person = newPerson();
    await talk.say('hi');
    for (const answer of answersOf(person).slice(0, 5)) await talk.say(answer);
    await setFaults(server.ready, {mode: 'delay', delay_ms: 1_000, path: '/users/track'});
    const last = talk.say(person.system);
    // The sandbox has it and holds its answer back: the request is in flight now.
    await until('the profile', () =>
      exportProfile(server.ready, {email_address: person.email}).catch(() => null));
    const stopped = server.stop();
    assert.match(textOf(await within('the answer', last)), /Thanks Ada/);
    await stopped;
  });

  test('SIGTERM tells open sockets that it is going away', async () => {
    const server = await Server.start({data: temporaryFolder()});
    const session = await openSession(server.ready);
    const line = await Line.open(server.ready, session);
    const closed = once(line.socket, 'close');
    await server.stop();
    const [code] = await within('the close', closed);
    assert.equal(code, 1001);
  });

  test('SIGTERM does not wait for those who only hold a connection', async () => {
    const server = await Server.start({data: temporaryFolder()});
    const idle = connect(Number(server.ports.server), '127.0.0.1');
    idle.on('error', () => {});
    await within('the connection', once(idle, 'connect'));
    await server.stop();
    idle.destroy();
  });

  test('goes on after a stop where it was', async () => {
    const data = temporaryFolder();
    const first = await Server.start({data});
    const {ports} = first;
    const talk = new RestTalker(first.ready.base_url, randomUUID());
    const person = newPerson();
    const session = await openSession(first.ready);
    const started = await call(first.ready, session, 'start', startBody(first.ready, session));
    assert.equal(started.status, 202);
    await talk.say('hi');
    await talk.say(person.first);
    await first.stop();

    const second = await Server.start({data, ports});
    // Each start makes a new link for the first owner, and the old one opens nothing.
    assert.deepEqual({...second.ready, owner_link: null}, {...first.ready, owner_link: null},
      'the same addresses, ids and keys');
    let said = await talk.say(person.last);
    assert.match(textOf(said), kAsks.email);
    for (const answer of answersOf(person).slice(2)) said = await talk.say(answer);
    assert.match(textOf(said), kAsks.thanks);
    await assertProfile(second.ready, person);
    const line = await Line.open(second.ready, session);
    await until('the bot to open by itself', () =>
      [...line.messages.values()].some(({msg}) => kAsks.first.test(msg)));
    line.close();
    await second.stop();
  });

  test('refuses a data folder that is in use', async () => {
    const data = temporaryFolder();
    const server = await Server.start({data});
    await assert.rejects(Server.start({data}));
    await server.stop();
  });

  test('explains itself and every command', async () => {
    const outcome = await run(['--help']);
    assert.equal(outcome.code, 0, outcome.stderr);
    for (const command of ['serve', 'chat', 'check', 'demo']) {
      assert.match(outcome.stdout, new RegExp(`\\b${command}\\b`));
      const help = await run([command, '--help']);
      assert.equal(help.code, 0, help.stderr);
      assert.match(help.stdout, /usage/i, command);
    }
  });

  test('refuses a command line it does not understand', async () => {
    for (const options of [['swim'], ['serve'], ['check', '/nowhere'], ['serve', '--what']]) {
      const {code, stderr, stdout} = await run(options);
      assert.notEqual(code, 0, options.join(' '));
      assert.match(stderr + stdout, /\S/, options.join(' '));
    }
  });

  test('check passes the example', async () => {
    const {code, stdout, stderr} = await run(['check', kSolution]);
    assert.equal(code, 0, stdout + stderr);
  });

  test('check names the file and the row of what is broken', async () => {
    const broken = join(temporaryFolder(), 'broken');
    cpSync(kSolution, broken, {recursive: true});
    const file = join(broken, 'templates/bot.csv');
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.startsWith('50,D,City,,,,1,60,'));
    assert.ok(at > 0, 'the row about the city');
    lines[at] = lines[at].replace(',60,', ',999,');
    writeFileSync(file, lines.join('\n'));
    const {code, stdout, stderr} = await run(['check', broken]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, new RegExp(`templates/bot\\.csv:${at + 1}\\b.*999`));
    const served = await run(['serve', '--solution', broken, '--data', temporaryFolder(),
      '--listen', '127.0.0.1:0', '--braze-sandbox', '127.0.0.1:0']);
    assert.notEqual(served.code, 0, 'and it is not served');
  });

  test('demo --script plays both roads', async () => {
    const {code, stdout, stderr} = await run(['demo', '--script']);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Thanks Ada/);
  });
});
