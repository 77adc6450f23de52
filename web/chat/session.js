// The consumer's session: made, started and ended over REST, and kept in the browser, so that the
// conversation is there in the next tab and on the next day. What was said but not acknowledged
// belongs to the tab that said it. Where nothing may be kept, the page itself remembers.

/**
 * @typedef {import('./contract.js').AnonymousSessionResponse & {renew_at?: number}} Session
 *   `renew_at` is the page's own: by its clock, when half of the token's life is over.
 * @typedef {{
 *   client_msg_id: string, msg: string, failed?: boolean, accepted?: boolean, secret?: boolean,
 * }} Unsent
 * @typedef {{session: Session, outbox: Unsent[]}} Kept
 * @typedef {Record<string, string>} Profile what the page around knows of its visitor, by the names
 *   that the session request has for it
 */

const kRequestTimeoutMs = 15_000;

/**
 * The server does not know this session (any more): only a new one helps.
 * @param {number} status
 */
export function isGone(status) {
  return status === 401 || status === 403 || status === 404;
}

/**
 * The app id is the last part of the page's address: /chat/{app_id}.
 * @param {string} path
 */
export function appIdOf(path) {
  return path.split('/').filter(Boolean).pop() ?? '';
}

/**
 * Where the server has something, seen from the page: both may lie below a path of a proxy's.
 * @param {string} path such as 'socket/websocket'
 */
export function addressOf(path) {
  return new URL(`../${path}`, location.href).href;
}

/**
 * @param {string} appId
 * @param {string} locale the solution's, in which the page speaks
 * @param {Profile} profile
 * @returns {Promise<{status: number, session: Session | null}>}
 */
export async function openSession(appId, locale, profile) {
  const response = await post('messaging/v1/consumers/anonymous_session', {
    app_id: appId,
    app_type: 'consumer',
    browser_language: locale,
    language: locale,
    // The contract requires one; a page that was opened directly has none but itself.
    referring_site: document.referrer || location.origin,
    user_browser: navigator.userAgent.slice(0, 250) || 'unknown',
    device_type: /Mobi|Android/i.test(navigator.userAgent) ? 'mobile-browser' : 'browser',
    platform: navigator.platform || 'unknown',
    screen_resolution: `${screen.width} x ${screen.height}`,
    last_viewed_url: location.origin + location.pathname,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? '',
    ...profile,
  });
  if (response?.status === 403 && profile.user_proof) {
    // Who they are is not proved; they may talk all the same.
    console.warn('Millrace: the proof of the visitor’s id is wrong; the chat goes on without it.');
    const {user_id: _id, user_proof: _proof, ...rest} = profile;
    return openSession(appId, locale, rest);
  }
  const session = response?.ok ? await response.json().catch(() => null) : null;
  if (session) session.renew_at = renewAt(session);
  return {status: response?.status ?? 0, session};
}

/**
 * Asks for another token for the same chat, and puts it in the place of the old one.
 * @param {Session} session
 */
export async function renewSession(session) {
  const response = await post('messaging/v1/consumers/renew_session', {}, session.access_token);
  const renewed = response?.ok ? await response.json().catch(() => null) : null;
  if (!renewed?.access_token) return;
  session.access_token = renewed.access_token;
  session.expires_in = renewed.expires_in;
  session.renew_at = renewAt(session);
}

/** @param {Session} session */
function renewAt(session) {
  return session.expires_in ? Date.now() + session.expires_in * 500 : undefined;
}

/**
 * Lets the bot begin. 409 says that it has begun already.
 * @param {Session} session
 * @param {string} appId
 */
export function startChat(session, appId) {
  return call(session, 'start', {
    app_id: appId,
    stream_id: session.web_chat_stream_id,
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    consumer: `consumer_${session.id}`,
    version: '1',
    gateway: 'pypestream_widget',
  });
}

/**
 * A browser is not told why a socket was refused; this call is.
 * @param {Session} session
 */
export function checkSession(session) {
  return call(session, 'ping', {user_id: session.id});
}

/**
 * Tells the server that the consumer is done. It may go unheard: the chat then simply stays open.
 * @param {Session} session
 */
export function endChat(session) {
  return call(session, 'end', {
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    ended_by: `consumer_${session.id}`,
    source: 'client',
    version: '1',
  });
}

/**
 * @param {Session} session
 * @param {string} operation
 * @param {object} body
 * @returns {Promise<number>} the HTTP status; 0 when there was no answer
 */
async function call(session, operation, body) {
  const path = `messaging/v1/chats/${session.chat_id}/${operation}`;
  return (await post(path, body, session.access_token))?.status ?? 0;
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} [token]
 * @returns {Promise<Response | null>}
 */
function post(path, body, token) {
  /** @type {Record<string, string>} */
  const headers = {'Content-Type': 'application/json'};
  if (token) headers.Authorization = `Bearer ${token}`;
  const signal = AbortSignal.timeout(kRequestTimeoutMs);
  return fetch(addressOf(path), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal,
  }).catch(() => null);
}

/** @type {Map<string, string>} */
const memory = new Map();
/** @type {((kept: {session: Session} | null) => void) | null} */
let keeper = null;

/**
 * Who keeps the session where this page may not: a frame of another site's often may not.
 * @param {(kept: {session: Session} | null) => void} keep
 */
export function keepWith(keep) {
  keeper = keep;
}

/**
 * The first of the two that may be used. Asking for one of them is refused where storage is
 * blocked.
 * @param {('localStorage' | 'sessionStorage')[]} names
 * @returns {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>}
 */
function storeOf(...names) {
  for (const name of names) {
    try {
      const store = window[name];
      store.setItem('millrace.try', '');
      store.removeItem('millrace.try');
      return store;
    } catch {
      // Blocked or full: the next one.
    }
  }
  return {
    getItem: (key) => memory.get(key) ?? null,
    setItem: (key, value) => void memory.set(key, value),
    removeItem: (key) => void memory.delete(key),
  };
}

/** @param {string} appId */
export function keyOf(appId) {
  return `millrace.chat.${appId}`;
}

/** @param {string} appId */
const unsentKeyOf = (appId) => `millrace.unsent.${appId}`;

/**
 * @param {string} appId
 * @returns {Kept | null}
 */
export function loadKept(appId) {
  const kept = parsed(storeOf('localStorage', 'sessionStorage').getItem(keyOf(appId)));
  if (!kept?.session?.access_token) return null;
  const unsent = parsed(storeOf('sessionStorage').getItem(unsentKeyOf(appId)));
  const isOfThis = unsent?.chat_id === kept.session.chat_id && Array.isArray(unsent?.outbox);
  return {session: kept.session, outbox: isOfThis ? unsent.outbox : []};
}

/**
 * @param {string} appId
 * @param {Kept | null} kept
 */
export function saveKept(appId, kept) {
  const store = storeOf('localStorage', 'sessionStorage');
  const session = kept && {session: kept.session};
  put(store, keyOf(appId), session);
  if (!(store instanceof Storage)) keeper?.(session);
  const outbox = kept?.outbox.filter(({secret}) => !secret) ?? [];
  put(
    storeOf('sessionStorage'),
    unsentKeyOf(appId),
    kept && outbox.length > 0 ? {chat_id: kept.session.chat_id, outbox} : null,
  );
}

/**
 * @param {Pick<Storage, 'setItem' | 'removeItem'>} store
 * @param {string} key
 * @param {object | null} value
 */
function put(store, key, value) {
  try {
    if (value) store.setItem(key, JSON.stringify(value));
    else store.removeItem(key);
  } catch {
    // It is full: the conversation goes on, only a reload would begin anew.
  }
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
