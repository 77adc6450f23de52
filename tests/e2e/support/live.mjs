// A listener of the operator's live socket: what it hears, in order, and short ways to ask for it.

import WebSocket from 'ws';

import {until} from './until.mjs';

/**
 * Open, or closed at once by the server.
 * @param {{url: string}} api
 * @param {Record<string, string>} headers that say who it is
 */
export async function listen(api, headers) {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/live`, {headers});
  /** @type {any[]} */
  const heard = [];
  let closed = 0;
  socket.on('message', (text) => heard.push(JSON.parse(String(text))));
  socket.on('close', (code) => (closed = code));
  socket.on('error', () => (closed ||= 1));
  await until('the socket', () => socket.readyState === WebSocket.OPEN || closed !== 0);
  return {
    heard,
    /** The code with which it was closed; 0: it is open. */
    closed: () => closed,
    end: () => socket.terminate(),
    /** @param {object} what */
    say: (what) => socket.send(JSON.stringify(what)),
    /** @param {string} type */
    refused: (type) => until(type, () => heard.find(({error}) => error?.type === type)),
    /** @param {string} topic @param {object} [more] */
    subscribe: async (topic, more = {}) => {
      const before = heard.length;
      socket.send(JSON.stringify({sub: topic, ...more}));
      return until(topic, () => heard.slice(before).find((each) => each.topic === topic));
    },
    /** @param {string} type @param {(data: any) => boolean} [fits] */
    hears: (type, fits = () => true) =>
      until(type, () => heard.find((each) => each.type === type && fits(each.data))),
  };
}
