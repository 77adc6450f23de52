// The documents that the server serves of its Engagement API are right as documents, and say what
// the server does: every operation is asked, and what comes back is of the declared shape.

import assert from 'node:assert/strict';
import {Validator} from '@seriousme/openapi-schema-validator';
import {Ajv2020} from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {after, before, describe, test} from 'node:test';

import {
  call,
  endBody,
  messageBody,
  openSession,
  sessionBody,
  startBody,
} from './support/engagement.mjs';
import {joinChat, push, writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {kShowcase, kSteps} from './support/showcase.mjs';

/** Lets objects have the members that are named, and no others. @param {any} schema */
function closeUp(schema) {
  if (schema.properties) {
    schema.additionalProperties = false;
    Object.values(schema.properties).forEach(closeUp);
  }
  if (schema.items) closeUp(schema.items);
}

describe('the documents of the Engagement API', () => {
  /** @type {Server} */ let server;
  /** @type {any} */ let openapi;
  /** @type {any} */ let asyncapi;
  /** @type {Ajv2020} */ let ajv;

  before(async () => {
    server = await Server.start({data: temporaryFolder(), solutions: [writeEcho()]});
    const at = (/** @type {string} */ name) =>
      fetch(`${server.ready.base_url}/messaging/v1/${name}.json`).then((answer) => answer.json());
    [openapi, asyncapi] = [await at('openapi'), await at('asyncapi')];
    ajv = new Ajv2020({strict: false, allErrors: true});
    /** @type {any} */ (addFormats).default?.(ajv) ?? /** @type {any} */ (addFormats)(ajv);
    ajv.addSchema({$id: 'openapi', ...openapi});
    ajv.addSchema({$id: 'asyncapi', ...asyncapi});
  });
  after(() => server?.stop());

  /** @param {string} pointer @param {unknown} value */
  function assertShape(pointer, value) {
    const fits = ajv.getSchema(pointer);
    assert.ok(fits, `there is no ${pointer}`);
    assert.ok(fits(value), `${pointer}: ${ajv.errorsText(fits.errors)}: ${JSON.stringify(value)}`);
  }

  /**
   * Asks, and holds what was asked and answered to the document.
   * @param {string} path
   * @param {{id?: string, token?: string, body?: any, query?: string, bytes?: Buffer}} how
   */
  async function ask(path, {id = '', token, body, query = '', bytes}) {
    const operation = openapi.paths[path]?.post;
    assert.ok(operation, `${path} is not in the document`);
    /** @type {Record<string, string>} */
    const headers = {'Content-Type': bytes ? 'application/octet-stream' : 'application/json'};
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(server.ready.base_url + path.replace('{chat_id}', id) + query, {
      method: 'POST',
      headers,
      body: /** @type {any} */ (bytes) ?? JSON.stringify(body ?? {}),
    });
    let declared = operation.responses[response.status];
    assert.ok(declared, `${path} answers ${response.status}, which is not declared`);
    if (response.status < 400 && body && operation.requestBody) {
      const name = operation.requestBody.content['application/json'].schema.$ref;
      assertShape(`openapi${name}`, body);
    }
    if (declared.$ref) declared = openapi.components.responses[declared.$ref.split('/').pop()];
    const schema = declared.content?.['application/json']?.schema.$ref;
    const text = await response.text();
    if (schema) assertShape(`openapi${schema}`, JSON.parse(text));
    else assert.equal(text, '');
    return {status: response.status, body: text ? JSON.parse(text) : null};
  }

  test('OpenAPI is valid, and every operation is answered as it says', async () => {
    const validated = await new Validator().validate(structuredClone(openapi));
    assert.ok(validated.valid, JSON.stringify(validated.errors));
    const prefix = '/messaging/v1/chats/{chat_id}';
    const asked = new Set();
    const sure = async (
      /** @type {string} */ path,
      /** @type {any} */ how,
      /** @type {number} */ status,
    ) => {
      asked.add(path);
      const answer = await ask(path, how);
      assert.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const consumers = '/messaging/v1/consumers';
    const session = await sure(
      `${consumers}/anonymous_session`,
      {body: sessionBody(server.ready.app_id)},
      201,
    );
    await sure(`${consumers}/anonymous_session`, {body: {}}, 400);
    await sure(`${consumers}/anonymous_session`, {body: sessionBody(session.id)}, 404);
    const {access_token: token, chat_id: id} = session;
    await sure(`${consumers}/renew_session`, {token}, 201);
    await sure(`${consumers}/renew_session`, {token: 'x'}, 401);
    await sure(`${prefix}/message`, {id, token, body: messageBody(session, 'early')}, 428);
    await sure(`${prefix}/start`, {id, token, body: startBody(server.ready, session)}, 202);
    await sure(`${prefix}/start`, {id, token, body: startBody(server.ready, session)}, 409);
    await sure(`${prefix}/message`, {id, token, body: messageBody(session, 'hello', 'one')}, 204);
    await sure(`${prefix}/message`, {id, token, body: messageBody(session, 'other', 'one')}, 409);
    await sure(`${prefix}/message`, {id, token, body: {...messageBody(session, ''), msg: ''}}, 400);
    await sure(`${prefix}/message`, {id: session.id, token, body: {msg: 'x'}}, 404);
    await sure(`${prefix}/event`, {id, token, body: {name: 'checkout', detail: {total: 1}}}, 204);
    await sure(`${prefix}/ping`, {id, token, body: {user_id: session.id, seq: 3}}, 201);
    await sure(
      `${prefix}/type`,
      {id, token, body: {chat_id: id, from: session.id, is_typing: true, from_side: 'consumer'}},
      204,
    );
    await sure(
      `${prefix}/files`,
      {id, token, query: '?name=a.txt', bytes: Buffer.from('some text')},
      201,
    );
    await sure(
      `${prefix}/files`,
      {id, token, query: '?name=a.txt&size=20', bytes: Buffer.from('some text')},
      202,
    );
    await sure(
      `${prefix}/files`,
      {id, token, query: '?name=a', bytes: Buffer.from([0, 1, 2])},
      400,
    );
    await sure(`${prefix}/snapshot`, {id, token, body: {from: session.id}}, 201);
    await sure(`${prefix}/end`, {id, token, body: endBody(session)}, 204);
    await sure(`${prefix}/snapshot`, {id, token, body: {from: session.id}}, 201);
    assert.deepEqual([...asked].sort(), Object.keys(openapi.paths).sort());
  });

  test('a message of every kind has what its schema says, and nothing else', async () => {
    // The types of web/chat are made of these schemas, so they have to be whole.
    const whole = structuredClone(asyncapi);
    for (const schema of Object.values(whole.components.schemas)) closeUp(schema);
    const strict = new Ajv2020({strict: false, allErrors: true, validateFormats: false});
    strict.addSchema({$id: 'whole', ...whole});
    const showcase = await Server.start({data: temporaryFolder(), solutions: [kShowcase]});
    const {ready} = showcase;
    const session = await openSession(ready);
    const sure = async (/** @type {string} */ operation, /** @type {object} */ body) => {
      const answer = await call(ready, session, operation, body);
      assert.ok(answer.ok, `${operation}: ${await answer.clone().text()}`);
      return answer;
    };
    await sure('start', startBody(ready, session));
    for (const {kind, said} of kSteps) {
      await (kind === 'webview'
        ? sure('event', {name: 'webview_closed', detail: {url: 'https://example.com/form'}})
        : sure('message', messageBody(session, said === '••••' ? '1234' : (said ?? ''))));
    }
    const snapshot = await (await sure('snapshot', {from: session.id})).json();
    const fits = strict.getSchema('whole#/components/schemas/SnapshotResponse');
    assert.ok(fits?.(snapshot), strict.errorsText(fits?.errors));
    const seen = new Set(snapshot.history.map((/** @type {any} */ message) =>
      message.app_object?.asset?.type ?? message.expects?.type));
    const kinds = asyncapi.components.schemas.Asset.properties.type.enum;
    assert.deepEqual(kinds.filter((/** @type {string} */ kind) => !seen.has(kind)), []);
    for (const type of ['number', 'yes_no', 'email', 'date']) assert.ok(seen.has(type), type);
    await showcase.stop();
  });

  test('AsyncAPI says what goes over the socket', async () => {
    assert.equal(asyncapi.asyncapi, '3.0.0');
    for (const [name, operation] of Object.entries(asyncapi.operations)) {
      const [reference] = operation.messages;
      assert.equal(reference.$ref, `#/channels/chat/messages/${name}`);
      assert.equal(asyncapi.channels.chat.messages[name].$ref, `#/components/messages/${name}`);
    }
    const session = await openSession(server.ready);
    const {channel, heard, socket} = await joinChat(server.ready, session, {seq_num: 0});
    const typing = {
      chat_id: session.chat_id,
      from: session.id,
      is_typing: true,
      from_side: 'consumer',
    };
    /** @type {[string, object][]} */
    const sent = [
      ['chat:start', {...startBody(server.ready, session), access_token: session.access_token}],
      ['msg:send', messageBody(session, 'hello', 'one')],
      ['chat:event', {name: 'checkout', detail: {}}],
      ['chat:type', typing],
      ['new:ping', {seq: 1, user_id: session.id}],
      ['chat:snapshot', {from: session.id}],
      ['chat:end', endBody(session)],
    ];
    for (const [event, payload] of sent) {
      assertShape(`asyncapi#/components/messages/${event.replace(':', '_')}/payload`, payload);
      await push(channel, event, payload);
    }
    const missing = new Set([
      'chat:ready',
      'incoming:msg',
      'incoming:notice',
      'new:pong',
      'chat:snapshot_response',
    ]);
    while (missing.size > 0) {
      const {event, payload} = await heard.take([...missing].join(), () => true);
      assertShape(`asyncapi#/components/messages/${event.replace(':', '_')}/payload`, payload);
      missing.delete(event);
    }
    socket.disconnect();
  });
});
