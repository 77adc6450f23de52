// A solution that is being written: examples/signup with a flow and a script of its own, in a git
// repository, served, with an owner, a designer and a viewer who write it.

import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Api, firstOwner, keyWith, signupAs} from './operators.mjs';
import {Server, temporaryFolder} from './server.mjs';

export const kFlow = 'flows/main.flow.yaml';
export const kScript = `class Greet:
    """Parameters: name. Returns: success"""

    def execute(self, log, payload=None, context=None):
        log('greeting')
        return {'success': 'true', 'for': payload['name']}
`;
export const kMore = `nodes:
  hello:
    ask: Who is there?
    variable: WHO
  greet:
    do: Greet
    with: {name: '{WHO}'}
    outputs: [success, for]
    decide: success
    on: {'true': bye, error: bye}
  bye:
    say: Bye, {WHO}.
    end: true
`;
export const kMain = {solution: 'Signup', workspace: 'main'};
// What these operations have in common: their paths.
export const kPaths = /^\/(solutions\/\{solution\}\/workspaces|try|runs|secrets|schemas)/;
const kTried = /^\/(try|runs|secrets|schemas)|\/(tests|actions)\/|\/(format|refactor|diff)$/;
/** Of those the ones that try and run something. @param {string} path */
export const isTried = (path) => kPaths.test(path) && kTried.test(path) && !path.includes('/git/');

// What api-models.test.mjs calls.
/** @param {string} path */
export const isOfModels = (path) => /\/nlu\/|\/misunderstood|\{solution\}\/live$/.test(path);

/** @param {string} text */
export const hashOf = (text) => createHash('sha256').update(text).digest('hex');

export async function writing() {
  const data = join(temporaryFolder(), 'data');
  const folder = signupAs('Signup');
  /** @param {string[]} words */
  const git = (...words) => {
    const person = ['-c', 'user.name=x', '-c', 'user.email=x@x.invalid'];
    return execFileSync('git', ['-C', folder, ...person, ...words], {encoding: 'utf8'});
  };
  mkdirSync(join(folder, 'action_nodes'));
  writeFileSync(join(folder, 'action_nodes/Greet.py'), kScript);
  writeFileSync(join(folder, 'flows/more.flow.yaml'), kMore);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'Begin');
  const server = await Server.start({data, solutions: [folder], logLevel: 'info'});
  const ready = /** @type {any} */ (server.ready);
  const api = await Api.of(ready.api_url);
  return {
    data,
    folder,
    git,
    server,
    api,
    owner: await firstOwner(api, ready.owner_link),
    designer: await keyWith(api, data, 'designer@Signup'),
    viewer: await keyWith(api, data, 'viewer@Signup'),
    /** @param {string} path */
    onDisk: (path) => readFileSync(join(folder, path), 'utf8'),
    /** @param {import('./operators.mjs').Client} client @param {any[]} files */
    saved: (client, files, values = kMain) => client.ask('saveFiles', {values, body: {files}}),
  };
}
