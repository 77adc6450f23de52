// A client of the REST channel: POST /webhooks/rest/webhook.

import assert from 'node:assert/strict';

/**
 * @typedef {{title: string, payload: string}} Button
 * @typedef {{recipient_id: string, text: string, buttons?: Button[]}} Said
 */

/**
 * @param {string} baseUrl
 * @param {unknown} body sent as it is when a string, as JSON otherwise
 */
export function post(baseUrl, body) {
  return fetch(`${baseUrl}/webhooks/rest/webhook`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export class RestTalker {
  #messages = 0;

  /**
   * @param {string} baseUrl
   * @param {string} sender
   * @param {string} [locale]
   */
  constructor(baseUrl, sender, locale) {
    this.baseUrl = baseUrl;
    this.sender = sender;
    this.locale = locale;
  }

  /**
   * @param {string} message
   * @param {string} [message_id]
   * @returns {Promise<Said[]>}
   */
  async say(message, message_id = `${this.sender}-${++this.#messages}`) {
    const {sender, locale} = this;
    const response = await post(this.baseUrl, {sender, message, message_id, locale});
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }
}

/** @param {Said[]} said */
export function textOf(said) {
  return said.map(({text}) => text).join('\n');
}
