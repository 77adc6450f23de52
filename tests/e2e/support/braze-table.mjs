// Tables of cases for the sandbox: what is asked, what must come back, and what is then to be seen.

import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {Sandbox, kExportKey, kWorkspace} from './braze.mjs';
import {temporaryFolder} from './server.mjs';

/** @typedef {import('./braze.mjs').Answer} Answer */
/**
 * @typedef {{
 *   name: string, given?: object[], get?: string, post?: string, put?: string, remove?: string,
 *   body?: unknown, status: number, is?: unknown, has?: object, message?: string, code?: string,
 *   then?: (sandbox: Sandbox, answer: Answer) => Promise<void>,
 * }} Case `given`: users/track bodies sent before; `remove`: DELETE.
 */

/** @param {string} name @param {string} path @param {number} status
 * @param {Partial<Case>} more @returns {Case} */
export const get = (name, path, status, more = {}) => ({name, get: path, status, ...more});
/** @param {string} name @param {string} path @param {unknown} body @param {number} status
 * @param {Partial<Case>} more @returns {Case} */
export const post = (name, path, body, status, more = {}) => ({
  name,
  post: path,
  body,
  status,
  ...more,
});
/** @param {string} name @param {string} path @param {unknown} body @param {number} status
 * @param {Partial<Case>} more @returns {Case} */
export const put = (name, path, body, status, more = {}) => ({
  name,
  put: path,
  body,
  status,
  ...more,
});

/** @param {Case} item */
function asked(item) {
  if (item.get) return {method: 'GET', path: item.get};
  if (item.put) return {method: 'PUT', path: item.put, body: item.body};
  if (item.remove) return {method: 'DELETE', path: item.remove, body: item.body};
  return {path: item.post ?? '', body: item.body};
}

/** @param {Sandbox} sandbox @param {Case} item */
async function play(sandbox, item) {
  for (const body of item.given ?? []) assert.equal((await sandbox.track(body)).status, 201);
  const answer = await sandbox.ask(asked(item));
  assert.equal(answer.status, item.status, answer.text);
  assert.ok(answer.body, 'every answer is JSON');
  if (typeof item.is === 'function') assert.ok(item.is(answer.body), answer.text);
  else if (item.is) assert.deepEqual(answer.body, item.is);
  for (const [name, value] of Object.entries(item.has ?? {})) {
    assert.deepEqual(answer.body[name], value, answer.text);
  }
  if (item.message) assert.equal(answer.body.message, item.message);
  if (item.code) assert.ok(answer.codes.includes(item.code), answer.codes.join());
  await item.then?.(sandbox, answer);
}

/** Plays them in order against one sandbox; then each that succeeds is asked with other keys.
 * @param {string} title @param {Record<string, Case[]>} groups @param {object} workspace */
export function describeCases(title, groups, workspace = kWorkspace) {
  describe(title, () => {
    /** @type {Sandbox} */
    let sandbox;
    before(async () => {
      const data = temporaryFolder();
      const file = join(data, 'workspace.json');
      writeFileSync(file, JSON.stringify(workspace));
      sandbox = await Sandbox.start({
        data: join(data, 'data'),
        more: ['--workspace', file, '--unlimited'],
      });
    });
    after(async () => assert.equal(await sandbox.end(), 0));

    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const item of cases) test(item.name, () => play(sandbox, item));
      });
    }

    test('every one of them knows the key, the permission, and a wrong key', async () => {
      for (const item of Object.values(groups)
        .flat()
        .filter((each) => each.status < 300)) {
        const where = asked(item);
        const stranger = await sandbox.ask({...where, authorization: 'Bearer WRONG'});
        assert.deepEqual(
          [stranger.status, stranger.body],
          [401, {message: 'Invalid API key: WRONG'}],
          where.path,
        );
        assert.equal(stranger.headers.get('X-RateLimit-Limit'), '');
        if (where.path.startsWith('/users/export/ids')) continue;
        const weak = await sandbox.ask({...where, authorization: `Bearer ${kExportKey}`});
        assert.deepEqual([weak.status, weak.body], [403, {message: 'Access Denied'}], where.path);
      }
    });
  });
}
