// Files that the consumer sends: in slices that a request can hold, so that it is known how far
// one has come, and a slice that got lost goes out again. What a file is, and whether it is
// taken, is the server's to say.

import {addressOf} from './session.js';

/**
 * @typedef {{name: string, url: string, isPicture: boolean}} SentFile
 * @typedef {'refused' | 'failed'} Why the server does not take it; it did not arrive
 */

const kSliceBytes = 512 * 1024;
const kSliceTimeoutMs = 60_000;
const kTries = 4;
const kLink = /^https?:\/\/[^\s/]+(?:\/[^\s/]+)*\/media\/v1\/[\w-]+\/([^\s/]+)$/;
const kPictures = /\.(jpe?g|png|gif|webp)$/i;

/** The addresses that the server has given to this page. @type {Set<string>} */
const given = new Set();

/**
 * The file that a text is the address of, if it looks like one that a server keeps. Only what this
 * server has named as a file is shown as a picture: a text may be anybody's address.
 * @param {string} text
 * @param {boolean} [isNamed] the server says that it is a file
 * @returns {SentFile | null}
 */
export function fileIn(text, isNamed = given.has(text)) {
  const found = kLink.exec(text);
  if (!found) return null;
  try {
    const name = decodeURIComponent(found[1]);
    return {name, url: text, isPicture: isNamed && kPictures.test(name)};
  } catch {
    return null;
  }
}

/**
 * Sends a file, and gives its address, which is what is to be said then.
 * @param {import('./session.js').Session | null} session
 * @param {File} file
 * @param {(part: number) => void} progress from 0 to 1
 * @returns {Promise<{url: string} | {why: Why}>}
 */
export async function sendFile(session, file, progress) {
  if (!session) return {why: 'failed'};
  const address = addressOf(`messaging/v1/chats/${session.chat_id}/files`);
  // The token is another one after a while.
  const token = () => session.access_token;
  let upload = '';
  for (let offset = 0; ;) {
    const query = new URLSearchParams({
      name: file.name,
      size: String(file.size),
      offset: String(offset),
      ...(upload && {upload}),
    });
    const slice = file.slice(offset, offset + kSliceBytes);
    const response = await patiently(`${address}?${query}`, token, slice);
    const answer = response && (await response.json().catch(() => null));
    if (response?.status === 201 && answer?.file) {
      progress(1);
      given.add(answer.file);
      return {url: answer.file};
    }
    if (response?.status !== 202 || !(answer?.received > offset)) {
      return {why: response && [400, 413].includes(response.status) ? 'refused' : 'failed'};
    }
    ({upload, received: offset} = answer);
    progress(offset / file.size);
  }
}

/**
 * Asks again while the network or the server is away.
 * @param {string} address
 * @param {() => string} token
 * @param {Blob} body
 */
async function patiently(address, token, body) {
  for (let tries = 0; tries < kTries; ++tries) {
    if (tries > 0) await new Promise((go) => window.setTimeout(go, 500 * 2 ** tries));
    const response = await fetch(address, {
      method: 'POST',
      headers: {'Content-Type': 'application/octet-stream', Authorization: `Bearer ${token()}`},
      body,
      signal: AbortSignal.timeout(kSliceTimeoutMs),
    }).catch(() => null);
    if (response && response.status < 500 && response.status !== 429) return response;
  }
  return null;
}
