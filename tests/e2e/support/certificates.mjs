// Certificates of a test's own, made by the openssl program, and requests that trust them.

import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, renameSync} from 'node:fs';
import {request} from 'node:https';
import {join} from 'node:path';

/** @typedef {{certificate: string, key: string}} Pair */

/**
 * A certificate for 127.0.0.1 that signs itself.
 * @param {string} folder
 * @param {string} name of the files, and in the certificate
 * @returns {Pair}
 */
export function makePair(folder, name) {
  const pair = {certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`)};
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', pair.key, '-out', pair.certificate], {stdio: 'ignore'});
  chmodSync(pair.key, 0o600);
  return pair;
}

/**
 * Puts one pair in another's place, as a program that renews certificates does.
 * @param {Pair} from
 * @param {Pair} to
 */
export function replacePair(from, to) {
  renameSync(from.key, to.key);
  renameSync(from.certificate, to.certificate);
}

/**
 * One request over a connection of its own.
 * @param {string} url
 * @param {import('node:https').RequestOptions & {body?: string}} options
 */
export async function ask(url, {body, ...options}) {
  const asking = request(url, {agent: false, ...options});
  asking.end(body);
  const [response] = /** @type {[import('node:http').IncomingMessage]} */ (
    await once(asking, 'response'));
  const socket = /** @type {import('node:tls').TLSSocket} */ (response.socket);
  const shown = {subject: socket.getPeerCertificate().subject?.CN, protocol: socket.getProtocol()};
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of response) parts.push(part);
  return {
    status: response.statusCode, headers: response.headers, body: Buffer.concat(parts), ...shown,
  };
}
