// What goes over the wire in the fuzzing: requests and frames after a grammar, most of them nearly
// right, with mutations and splices. Everything comes from the chance that is handed in.

/**
 * @typedef {import('./chance.mjs').Chance} Chance
 * @typedef {{app_id: string, stream_id: string, braze_api_key: string}} Ready
 * @typedef {import('./engagement.mjs').Session} Session
 * @typedef {{ready: Ready, sessions: Session[], people: number}} World
 */

const kOddTexts = ['', ' ', 'hi', 'yes', '1', 'null', '\u0000', '\ud83d\ude00'.repeat(50), '{env.key}', '{NAME}',
  '../../etc/passwd', '%00', '%ff%fe', '\r\n', 'a'.repeat(5000), '-1', '1e999', '~x', '<b>', 'chat:', 'ends'];
const kOddNumbers = [0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 0.1, NaN];
const kOddHeaders = ['Content-Length: 3', 'Content-Length: -1', 'Content-Length: 99999999999999999999',
  'Transfer-Encoding: chunked', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked, identity', 'Host: b',
  'Host: a/b', 'Host:', 'X : y', ' folded', 'Expect: 100-continue', 'Expect: tea', 'Connection: close, upgrade',
  'Upgrade: websocket', 'Upgrade: h2c', 'Content-Type: text/plain', 'Origin: http://evil.example', 'Origin: null',
  'Authorization: Bearer x', 'Authorization: Basic eDp5', 'X: \u0001', 'Accept-Encoding: gzip',
  'X-Forwarded-For: 1.2.3.4', 'Forwarded: for="[::1"', `X: ${'a'.repeat(20_000)}`, 'Range: bytes=0-', 'noColon'];
const kOddBytes = [0, 10, 13, 32, 34, 44, 58, 91, 92, 123, 125, 127, 128, 192, 255];

/** @param {Chance} chance @param {number} depth @returns {unknown} */
function oddValue(chance, depth = 0) {
  switch (chance.under(depth > 3 ? 5 : 8)) {
    case 0: return chance.one(kOddNumbers);
    case 1: return null;
    case 2: return chance.onceIn(2);
    case 5: return Array.from({length: chance.under(4)}, () => oddValue(chance, depth + 1));
    case 6: return {[chance.one(kOddTexts)]: oddValue(chance, depth + 1)};
    case 7: return JSON.parse('['.repeat(40) + ']'.repeat(40));
    default: return chance.one(kOddTexts);
  }
}

/** An object with some members missing, odd or more. @param {Chance} chance @param {Record<string, unknown>} right */
export function nearly(chance, right) {
  if (chance.onceIn(3)) return right;
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const [key, value] of Object.entries(right)) {
    if (chance.onceIn(12)) continue;
    out[chance.onceIn(40) ? key.toUpperCase() : key] = chance.onceIn(6) ? oddValue(chance) : value;
  }
  if (chance.onceIn(8)) out[chance.one(kOddTexts)] = oddValue(chance);
  return out;
}

/** Text of JSON, sometimes broken. @param {Chance} chance @param {unknown} value */
function jsonText(chance, value) {
  const text = JSON.stringify(value);
  if (!chance.onceIn(6)) return text;
  switch (chance.under(5)) {
    case 0: return text.slice(0, chance.under(text.length + 1));
    case 1: return text + text;
    case 2: return text.replace('{', `{"sender":"twice",`);
    case 3: return '['.repeat(2000) + text;
    default: return text.replace(/"/g, chance.one(["'", '\\"', '\\u0000"', '']));
  }
}

/** @param {Chance} chance @param {World} world */
function person(chance, world) {
  return `fuzz-${chance.under(world.people)}`;
}

/** @param {Chance} chance @param {World} world @returns {{method: string, path: string, headers: string[], body: string}} */
function restRequest(chance, world) {
  const body = nearly(chance, {sender: person(chance, world), message: chance.one(kOddTexts),
    message_id: String(chance.under(50)), app_id: world.ready.app_id, locale: chance.one(['en', 'pt-BR', '', 'x'.repeat(70)])});
  return {method: 'POST', path: '/webhooks/rest/webhook', headers: [], body: jsonText(chance, body)};
}

/** @param {Chance} chance @param {World} world @returns {{method: string, path: string, headers: string[], body: string}} */
function engagementRequest(chance, world) {
  if (chance.onceIn(10)) {
    const body = nearly(chance, {app_id: world.ready.app_id, browser_language: 'en', referring_site: 'x', user_browser: 'y'});
    return {method: 'POST', path: '/messaging/v1/consumers/anonymous_session', headers: [], body: jsonText(chance, body)};
  }
  const session = chance.one(world.sessions);
  const operation = chance.one(['start', 'message', 'ping', 'type', 'snapshot', 'end', 'renew', '']);
  const body = nearly(chance, {app_id: world.ready.app_id, stream_id: session.web_chat_stream_id, user_id: session.id,
    pype_id: session.web_chat_pype_id, consumer: `consumer_${session.id}`, gateway: 'pypestream_widget', version: '1',
    from: session.id, from_side: 'anonymous_consumer', msg: chance.one(kOddTexts), msg_type: 'text',
    client_msg_id: String(chance.under(50)), seq: 1});
  const token = chance.onceIn(8) ? mutatedText(chance, session.access_token) : session.access_token;
  const chat = chance.onceIn(12) ? chance.one(kOddTexts).replace(/[\r\n]/g, '') : session.chat_id;
  return {method: 'POST', path: `/messaging/v1/chats/${chat}/${operation}`, headers: [`Authorization: Bearer ${token}`],
    body: jsonText(chance, body)};
}

/** @param {Chance} chance @param {World} world @returns {{method: string, path: string, headers: string[], body: string}} */
function otherRequest(chance, world) {
  const path = chance.one(['/', '/healthz', '/readyz', '/metrics', `/chat/${world.ready.app_id}`, '/chat/x', '/assets/chat.js',
    '/assets/../x', '/%2e%2e/', '//', '/socket/websocket?token=x', '/actions/v1/completions/x', `/actions/v1/completions/${'A'.repeat(300)}`,
    '/botmanager/versions/x/graph', '/webhooks/rest', '*', 'http://a/healthz', 'http://', '/?a=%', '/\u00e9']);
  return {method: chance.one(['GET', 'HEAD', 'PUT', 'OPTIONS', 'POST', 'DELETE', 'BREW', 'get', 'CONNECT']), path,
    headers: [], body: chance.onceIn(2) ? '' : jsonText(chance, oddValue(chance))};
}

/** @param {Chance} chance @param {World} world @returns {{method: string, path: string, headers: string[], body: string}} */
function brazeRequest(chance, world) {
  const id = person(chance, world);
  const [path, body] = chance.one([
    ['/users/track', {attributes: [nearly(chance, {external_id: id, os: 'mac', email: `${id}@ex.com`})],
      events: [nearly(chance, {external_id: id, name: 'e', time: '2026-01-01T00:00:00Z', properties: {p: oddValue(chance)}})],
      purchases: [nearly(chance, {external_id: id, product_id: 'p', currency: 'USD', price: 1, time: '2026-01-01T00:00:00Z'})]}],
    ['/users/export/ids', {external_ids: [id], fields_to_export: ['email', chance.one(kOddTexts)]}],
    ['/users/identify', {aliases_to_identify: [{external_id: id, user_alias: {alias_name: id, alias_label: 'l'}}]}],
    ['/users/merge', {merge_updates: [{identifier_to_merge: {external_id: id}, identifier_to_keep: {external_id: 'fuzz-0'}}]}],
    ['/messages/send', {external_user_ids: [id], messages: {email: {app_id: 'a', body: 'b'}}}],
    [`/catalogs/${chance.one(['a', 'x'.repeat(300), '%00'])}/items`, {items: [{id: '1'}]}],
    ['/subscription/status/set', {subscription_group_id: 'g', subscription_state: 'subscribed', external_id: id}],
  ]);
  return {method: chance.onceIn(10) ? 'GET' : 'POST', path: /** @type {string} */ (path),
    headers: [`Authorization: Bearer ${chance.onceIn(10) ? 'wrong' : world.ready.braze_api_key}`],
    body: jsonText(chance, nearly(chance, /** @type {Record<string, unknown>} */ (body)))};
}

/** @param {Chance} chance @param {Buffer} body */
function chunked(chance, body) {
  const parts = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + chance.under(body.length);
    const piece = body.subarray(at, at + size);
    const extension = chance.onceIn(4) ? `;${chance.one(['a=b', 'a="b"', 'x'.repeat(chance.under(3000))])}` : '';
    parts.push(Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  parts.push(Buffer.from('0\r\n'));
  if (chance.onceIn(4)) parts.push(Buffer.from(`${chance.one(['X: y', 'Content-Length: 1', 'x'])}\r\n`));
  parts.push(Buffer.from('\r\n'));
  return Buffer.concat(parts);
}

/**
 * One request. `keepsFraming`: whatever is odd about it, where it ends is plain, so that others can
 * follow on the same connection.
 * @param {Chance} chance
 * @param {World} world
 * @param {'main' | 'braze' | 'metrics'} place
 * @param {boolean} keepsFraming
 */
export function request(chance, world, place, keepsFraming) {
  const make = place === 'braze' ? chance.one([brazeRequest, brazeRequest, brazeRequest, otherRequest])
    : place === 'metrics' ? otherRequest : chance.one([restRequest, engagementRequest, engagementRequest, otherRequest]);
  const {method, path, headers, body} = make(chance, world);
  const bytes = Buffer.from(body);
  const isChunked = chance.onceIn(8);
  const lines = [`${method} ${keepsFraming ? path.replace(/[^!-"$-~]/g, '') || '/' : path} HTTP/1.1`, 'Host: 127.0.0.1'];
  if (!chance.onceIn(20)) lines.push('Content-Type: application/json');
  lines.push(...headers, isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`);
  if (!keepsFraming) {
    for (let i = chance.under(3); i >= 0; --i) lines.splice(1 + chance.under(lines.length), 0, chance.one(kOddHeaders));
    if (chance.onceIn(6)) lines.splice(1, 1);
    if (chance.onceIn(10)) lines[0] = chance.one(['GET / HTTP/2.0', 'GET /', 'G T / HTTP/1.1', '', 'GET / HTTP/1.1 ', 'GET / HTTP/1.0']);
  }
  const head = Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1');
  return Buffer.concat([head, isChunked ? chunked(chance, bytes) : bytes]);
}

/** @param {Chance} chance @param {string} text */
function mutatedText(chance, text) {
  const at = chance.under(text.length + 1);
  return text.slice(0, at) + chance.one(['', 'A', '-', '..', text]) + text.slice(at + chance.under(3));
}

/**
 * Some bytes changed, left out, doubled, or replaced by a piece of another.
 * @param {Chance} chance
 * @param {Buffer} bytes
 * @param {Buffer} other
 */
export function mutated(chance, bytes, other) {
  let out = Buffer.from(bytes);
  for (let i = chance.under(4); i >= 0; --i) {
    const at = chance.under(out.length + 1);
    const length = chance.under(chance.onceIn(4) ? 200 : 8);
    switch (chance.under(5)) {
      case 0: if (at < out.length) out[at] = chance.one(kOddBytes); break;
      case 1: if (at < out.length) out[at] ^= 1 << chance.under(8); break;
      case 2: out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]); break;
      case 3: out = Buffer.concat([out.subarray(0, at), out.subarray(at - length < 0 ? 0 : at - length)]); break;
      default: {
        const from = chance.under(other.length + 1);
        out = Buffer.concat([out.subarray(0, at), other.subarray(from, from + length), out.subarray(at)]);
      }
    }
  }
  return out;
}

/** A Phoenix message. @param {Chance} chance @param {World} world @param {Session} session @param {1 | 2} version */
export function phoenix(chance, world, session, version) {
  const event = chance.one(['phx_join', 'phx_leave', 'heartbeat', 'msg:send', 'new:ping', 'chat:start', 'chat:end',
    'chat:snapshot', 'phx_close', '', 'x'.repeat(300)]);
  const topic = event === 'heartbeat' ? 'phoenix' : chance.onceIn(10) ? chance.one(kOddTexts) : `chat:${session.chat_id}`;
  const payload = nearly(chance, {access_token: session.access_token, msg: chance.one(kOddTexts), msg_type: 'text',
    from: session.id, from_side: 'anonymous_consumer', client_msg_id: String(chance.under(50)), user_id: session.id,
    app_id: world.ready.app_id, stream_id: session.web_chat_stream_id, consumer: `consumer_${session.id}`,
    gateway: 'pypestream_widget', version: '1', seq: 1});
  const ref = chance.onceIn(10) ? oddValue(chance) : String(chance.under(100));
  const join = chance.onceIn(10) ? oddValue(chance) : '1';
  return jsonText(chance, version === 2 ? [join, ref, topic, event, payload] : nearly(chance, {topic, event, payload, ref}));
}

/**
 * A frame of a web socket. What is odd about it is chosen by chance unless `isRight`.
 * @param {Chance} chance
 * @param {string | Buffer} data
 * @param {boolean} isRight
 */
export function frame(chance, data, isRight) {
  const payload = Buffer.from(data);
  let first = 0x81;
  let masked = 0x80;
  let length = payload.length;
  if (!isRight) {
    switch (chance.under(7)) {
      case 0: first = chance.under(256); break;
      case 1: masked = 0; break;
      case 2: length = chance.one([0, 1, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 40]); break;
      case 3: first = 0x01; break;  // a fragment
      case 4: first = 0x80; break;  // a continuation of nothing
      case 5: first = chance.one([0x88, 0x89, 0x8a]); break;
      default: first = 0x82;
    }
  }
  const head = length < 126 ? Buffer.from([first, masked | length])
    : length < 65_536 ? Buffer.from([first, masked | 126, length >> 8, length & 255])
      : Buffer.concat([Buffer.from([first, masked | 127]), bigEndian(length)]);
  return Buffer.concat([head, ...(masked ? [Buffer.alloc(4)] : []), payload]);
}

/** @param {number} value */
function bigEndian(value) {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}
