// The REST half of the Engagement API, as a client uses it.

import assert from 'node:assert/strict';

/**
 * @typedef {{
 *   access_token: string, chat_id: string, id: string, web_chat_pype_id: string,
 *   web_chat_stream_id: string,
 * }} Session
 * @typedef {{
 *   id: string, seq_num: number, from_side: string, msg: string, client_msg_id: string | null,
 *   app_object: null | {type: string, input: string, buttons: {label: string, value: string}[]},
 * }} Message
 * @typedef {{id: string, status: string, seq_num: number, history: Message[]}} Snapshot
 */

/** @param {string} appId */
export function sessionBody(appId) {
  return {
    app_id: appId,
    app_type: 'consumer',
    browser_language: 'en-US',
    language: 'en',
    referring_site: 'https://brand.example/',
    user_browser: 'Chrome 74.0.3729.131',
    device_type: 'browser',
    platform: 'Mac OS X10_14_4',
    screen_resolution: '1280 x 800',
  };
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {object} [changes]
 */
export function requestSession(ready, changes) {
  return postJson(`${ready.base_url}/messaging/v1/consumers/anonymous_session`,
    {...sessionBody(ready.app_id), ...changes});
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {object} [changes]
 * @returns {Promise<Session>}
 */
export async function openSession(ready, changes) {
  const response = await requestSession(ready, changes);
  assert.equal(response.status, 201);
  return response.json();
}

/**
 * One of the calls about a chat: start, message, event, ping, type, snapshot, end.
 * @param {import('./server.mjs').Ready} ready
 * @param {Session} session
 * @param {string} operation
 * @param {object} body
 */
export function call(ready, session, operation, body) {
  const url = `${ready.base_url}/messaging/v1/chats/${session.chat_id}/${operation}`;
  return postJson(url, body, session.access_token);
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {Session} session
 */
export function startBody(ready, session) {
  return {
    app_id: ready.app_id,
    stream_id: session.web_chat_stream_id,
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    consumer: `consumer_${session.id}`,
    version: '1',
    gateway: 'pypestream_widget',
  };
}

/**
 * @param {Session} session
 * @param {string} msg
 * @param {string} [client_msg_id]
 */
export function messageBody(session, msg, client_msg_id) {
  return {
    from: session.id,
    from_side: 'anonymous_consumer',
    user_id: session.id,
    msg,
    msg_type: 'text',
    client_msg_id,
    version: '1',
    gateway: 'pypestream_widget',
  };
}

/** @param {Session} session */
export function endBody(session) {
  return {
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    ended_by: `consumer_${session.id}`,
    source: 'client',
    version: '1',
  };
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {Session} session
 * @returns {Promise<Snapshot>}
 */
export async function readSnapshot(ready, session) {
  const response = await call(ready, session, 'snapshot', {from: session.id});
  assert.equal(response.status, 201);
  return response.json();
}

/**
 * Holds an error answer to the published shape.
 * @param {Response} response
 * @param {number} status
 */
export async function assertError(response, status) {
  assert.equal(response.status, status);
  const body = await response.json();
  assert.equal(typeof body.message, 'string');
  assert.ok(body.errors.length > 0, 'at least one error');
  for (const error of body.errors) {
    assert.deepEqual(Object.keys(error).sort(), ['message', 'source', 'type']);
  }
}

/**
 * @param {string} url
 * @param {object} body
 * @param {string} [token]
 */
function postJson(url, body, token) {
  /** @type {Record<string, string>} */
  const headers = {'Content-Type': 'application/json'};
  if (token) headers.Authorization = `Bearer ${token}`;
  return fetch(url, {method: 'POST', headers, body: JSON.stringify(body)});
}
