// What the page around the chat tells it: events, by postMessage, from pages that may. Who may is
// said by the server in the page's head: its own origin, and those that solution.yaml lists.

/** @typedef {{name: string, detail: object}} PageEvent */

const kCustomEvent = 'CUSTOM_EVENT:';

/**
 * Calls `tell` with each event that the page around this one posts.
 * @param {(event: PageEvent) => void} tell
 */
export function listenToPage(tell) {
  const listed = document.querySelector('meta[name="millrace-origins"]')?.getAttribute('content');
  const patterns = (listed ?? '').split(' ').filter(Boolean);
  window.addEventListener('message', ({source, origin, data}) => {
    const isAround = source === window.parent && window.parent !== window;
    if (!isAround || !mayTell(origin, location.origin, patterns)) return;
    const event = eventOf(data);
    if (event) tell(event);
  });
}

/**
 * Whether a page of this origin may tell events, by the rules that the server has for requests
 * (base/web/web_origin.hpp).
 * @param {string} origin
 * @param {string} own
 * @param {string[]} patterns
 */
export function mayTell(origin, own, patterns) {
  if (patterns.includes('*') || origin === own) return true;
  const from = urlOf(origin);
  const here = urlOf(own);
  if (!from || !here) return false;
  if (isLoopback(here.hostname) && isLoopback(from.hostname)) return true;
  return patterns.some((pattern) => {
    const wanted = urlOf(pattern.replace('://*.', '://'));
    if (!wanted || wanted.protocol !== from.protocol) return false;
    return pattern.includes('://*.') ? from.host.endsWith(`.${wanted.host}`) :
      from.host === wanted.host;
  });
}

/**
 * The event in a posted message; null when it is something else. Of the published launcher's
 * `CUSTOM_EVENT:<json of event.detail>` the detail may name it, as `name`, `event` or `type`.
 * @param {any} data
 * @returns {PageEvent | null}
 */
export function eventOf(data) {
  if (typeof data === 'string' && data.startsWith(kCustomEvent)) {
    const detail = parsed(data.slice(kCustomEvent.length));
    if (detail === undefined) return null;
    const names = [detail?.name, detail?.event, detail?.type];
    const name = names.find((given) => typeof given === 'string' && given) ?? 'custom_event';
    return {name, detail: objectOf(detail)};
  }
  if (data?.type !== 'millrace:event' || typeof data.name !== 'string' || !data.name) return null;
  return {name: data.name, detail: objectOf(data.detail)};
}

/** @param {any} detail */
function objectOf(detail) {
  if (detail === undefined || detail === null) return {};
  return typeof detail === 'object' && !Array.isArray(detail) ? detail : {value: detail};
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function urlOf(text) {
  try {
    return new URL(text);
  } catch {
    return null;  // "null": a page without an origin
  }
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host);
}
