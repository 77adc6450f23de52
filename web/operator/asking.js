// Asking the operator's API, which is one folder up; a session's cookie says who asks.

/** @typedef {{ok: boolean, status: number, type: string, said: any}} Answer */

/**
 * @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<Answer>}
 */
export async function ask(method, path, body) {
  try {
    const response = await fetch(`../api/v1${path}`, {
      method,
      headers: {'X-Millrace': '1', ...(body ? {'Content-Type': 'application/json'} : {})},
      ...(body ? {body: JSON.stringify(body)} : {}),
    });
    const said = response.status === 204 ? {} : await response.json();
    return {ok: response.ok, status: response.status, type: said.errors?.[0]?.type ?? '', said};
  } catch {
    const said = {message: 'The server does not answer.'};
    return {ok: false, status: 0, type: 'unavailable', said};
  }
}

/** The first `max` of a list, page by page: one may have less than was asked for. */
export async function askForList(
  /** @type {string} */ path,
  /** @type {Record<string, string>} */ query,
  /** @type {number} */ max,
) {
  const kPagesMax = 10;
  /** @type {any[]} */
  const items = [];
  let cursor = '';
  for (let page = 0; page < kPagesMax; ++page) {
    const limit = String(max - items.length);
    const asked = new URLSearchParams({...query, limit, ...(cursor ? {cursor} : {})});
    const answer = await ask('GET', `${path}?${asked}`);
    if (!answer.ok) return {...answer, items, hasMore: false};
    items.push(...answer.said.items);
    cursor = answer.said.next ?? '';
    if (!cursor || items.length >= max) return {...answer, items, hasMore: cursor !== ''};
  }
  return {ok: true, status: 200, type: '', said: {}, items, hasMore: true};
}

/** To the page that signs in, and back to where one is. */
export function signIn() {
  const here = location.pathname.split('/').at(-1) + location.search;
  location.replace(`./?to=${encodeURIComponent(here)}`);
}
