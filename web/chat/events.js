// What pages tell the chat, by postMessage: events, and who may tell them. That is said by the
// server in the page's head: its own origin, and those that solution.yaml lists. Pure.

/** @typedef {{name: string, detail: object}} PageEvent */

const kCustomEvent = 'CUSTOM_EVENT:';

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
    return pattern.includes('://*.')
      ? from.host.endsWith(`.${wanted.host}`)
      : from.host === wanted.host;
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
    return null; // "null": a page without an origin
  }
}

/** @param {string} host */
function isLoopback(host) {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}
