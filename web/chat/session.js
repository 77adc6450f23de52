// The consumer's session: made, started and ended over REST, and kept in the tab's storage together
// with what was said but not yet acknowledged, so that a reload goes on where it was.

/**
 * @typedef {{
 *   access_token: string, chat_id: string, id: string, web_chat_pype_id: string,
 *   web_chat_stream_id: string, web_chat_pype_name?: string,
 * }} Session
 * @typedef {{client_msg_id: string, msg: string, failed?: boolean, accepted?: boolean}} Unsent
 * @typedef {{session: Session, outbox: Unsent[]}} Kept
 */

const kRequestTimeoutMs = 15_000;

/** The server does not know this session (any more): only a new one helps. */
export class SessionGone extends Error {}

/** There is no such chat to open, and trying again will not help. */
export class NoSuchChat extends Error {}

/** The app id is the last part of the page's address: /chat/{app_id}. */
export function appIdOf(/** @type {string} */ path) {
  return decodeURIComponent(path.split('/').filter(Boolean).pop() ?? '');
}

/**
 * @param {string} appId
 * @param {string} language
 * @returns {Promise<Session>}
 */
export async function openSession(appId, language) {
  const response = await post('/messaging/v1/consumers/anonymous_session', {
    app_id: appId,
    app_type: 'consumer',
    browser_language: navigator.language || 'en',
    language,
    // The contract requires one; a page that was opened directly has none but itself.
    referring_site: document.referrer || location.origin,
    user_browser: navigator.userAgent.slice(0, 250) || 'unknown',
    device_type: /Mobi|Android/i.test(navigator.userAgent) ? 'mobile-browser' : 'browser',
    platform: navigator.platform || 'unknown',
    screen_resolution: `${screen.width} x ${screen.height}`,
    last_viewed_url: location.origin + location.pathname,
  });
  if (response.status === 400 || response.status === 404) throw new NoSuchChat();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/**
 * Lets the bot begin. A chat that has begun already is fine.
 * @param {Session} session
 * @param {string} appId
 */
export async function startChat(session, appId) {
  const response = await call(session, 'start', {
    app_id: appId,
    stream_id: session.web_chat_stream_id,
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    consumer: `consumer_${session.id}`,
    version: '1',
    gateway: 'pypestream_widget',
  });
  if (!response.ok && response.status !== 409) throw new Error(`HTTP ${response.status}`);
}

/**
 * A browser is not told why a socket was refused; this call is. Throws SessionGone when the session
 * is the reason, and nothing else.
 * @param {Session} session
 */
export async function checkSession(session) {
  try {
    await call(session, 'snapshot', {from: session.id});
  } catch (error) {
    if (error instanceof SessionGone) throw error;
  }
}

/**
 * Tells the server that the consumer is done. It may go unheard: the chat then simply stays open.
 * @param {Session} session
 */
export async function endChat(session) {
  await call(session, 'end', {
    pype_id: session.web_chat_pype_id,
    user_id: session.id,
    ended_by: `consumer_${session.id}`,
    source: 'client',
    version: '1',
  }).catch(() => {});
}

/**
 * @param {Session} session
 * @param {string} operation
 * @param {object} body
 */
async function call(session, operation, body) {
  const path = `/messaging/v1/chats/${session.chat_id}/${operation}`;
  const response = await post(path, body, session.access_token);
  if ([401, 403, 404].includes(response.status)) throw new SessionGone();
  return response;
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} [token]
 */
function post(path, body, token) {
  /** @type {Record<string, string>} */
  const headers = {'Content-Type': 'application/json'};
  if (token) headers.Authorization = `Bearer ${token}`;
  const signal = AbortSignal.timeout(kRequestTimeoutMs);
  return fetch(path, {method: 'POST', headers, body: JSON.stringify(body), signal});
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

function keyOf(/** @type {string} */ appId) {
  return `millrace.chat.${appId}`;
}
