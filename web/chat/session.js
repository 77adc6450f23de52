// The consumer's session: made, started and ended over REST, and kept in the tab's storage together
// with what was said but not yet acknowledged, so that a reload goes on where it was.

/**
 * @typedef {{
 *   access_token: string, chat_id: string, id: string, web_chat_pype_id: string,
 *   web_chat_stream_id: string, web_chat_pype_name?: string,
 *   expires_in?: number, renew_at?: number,
 * }} Session `renew_at` is the page's own: by its clock, when half of the token's life is over.
 * @typedef {{client_msg_id: string, msg: string, failed?: boolean, accepted?: boolean}} Unsent
 * @typedef {{session: Session, outbox: Unsent[]}} Kept
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
 * @returns {Promise<{status: number, session: Session | null}>}
 */
export async function openSession(appId) {
  const response = await post('messaging/v1/consumers/anonymous_session', {
    app_id: appId,
    app_type: 'consumer',
    // The bot may know languages that this page does not.
    browser_language: navigator.language || 'en',
    language: navigator.language || 'en',
    // The contract requires one; a page that was opened directly has none but itself.
    referring_site: document.referrer || location.origin,
    user_browser: navigator.userAgent.slice(0, 250) || 'unknown',
    device_type: /Mobi|Android/i.test(navigator.userAgent) ? 'mobile-browser' : 'browser',
    platform: navigator.platform || 'unknown',
    screen_resolution: `${screen.width} x ${screen.height}`,
    last_viewed_url: location.origin + location.pathname,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? '',
  });
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
  return fetch(addressOf(path), {method: 'POST', headers, body: JSON.stringify(body), signal})
    .catch(() => null);
}

/**
 * @param {string} appId
 * @returns {Kept | null}
 */
export function loadKept(appId) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(appId)) ?? 'null');
    return kept?.session?.access_token && Array.isArray(kept.outbox) ? kept : null;
  } catch {
    return null;  // storage is blocked or holds something else: begin anew
  }
}

/**
 * @param {string} appId
 * @param {Kept | null} kept
 */
export function saveKept(appId, kept) {
  try {
    if (kept) sessionStorage.setItem(keyOf(appId), JSON.stringify(kept));
    else sessionStorage.removeItem(keyOf(appId));
  } catch {
    // Storage is blocked or full: the conversation goes on, only a reload would begin anew.
  }
}

/** @param {string} appId */
function keyOf(appId) {
  return `millrace.chat.${appId}`;
}
