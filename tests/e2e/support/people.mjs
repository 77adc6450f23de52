// Who talks in these suites, what they answer, and what Braze must know of them afterwards.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';

/**
 * @typedef {{
 *   first: string, last: string, email: string, born: string, city: string, system: string,
 * }} Person
 * @typedef {{braze_sandbox_url: string, braze_api_key: string}} Sandbox
 */

/**
 * Nobody twice: the address is new each time, with capitals that Braze does not keep.
 * @param {Partial<Person>} [known]
 * @returns {Person}
 */
export function newPerson(known = {}) {
  return {
    first: 'Ada',
    last: 'Lovelace',
    email: `Ada.${randomBytes(6).toString('hex')}@Example.com`,
    born: '1990-12-10',
    city: 'London',
    system: 'Linux',
    ...known,
  };
}

/** @param {Person} person */
export function answersOf({first, last, email, born, city, system}) {
  return [first, last, email, born, city, system];
}

/** What the bot's message is about, in both languages of the example. */
export const kAsks = {
  first: /first name|primeiro nome/,
  last: /last name|sobrenome/,
  email: /\bemail\b|e-mail/,
  emailAgain: /valid email|e-mail válido/,
  born: /date of birth|data de nascimento/,
  city: /\bcity\b|cidade/,
  system: /operating system|sistema operacional/,
  thanks: /Thanks|Obrigada/,
  sorry: /Sorry|Desculpe/,
};

/** The order in which the six answers are asked for, and what follows the last. */
export const kAsksInOrder = [
  kAsks.first, kAsks.last, kAsks.email, kAsks.born, kAsks.city, kAsks.system, kAsks.thanks,
];

/**
 * What POST /users/export/ids says of the one profile that is asked for; null when there is none.
 * @param {Sandbox} sandbox
 * @param {object} wanted {"external_ids": [...]} or {"email_address": ...}
 */
export async function exportProfile(sandbox, wanted) {
  const response = await fetch(`${sandbox.braze_sandbox_url}/users/export/ids`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${sandbox.braze_api_key}`,
    },
    body: JSON.stringify(wanted),
  });
  if (response.status === 429) {
    // Braze's limit of a minute; it says when that is over.
    const seconds = Number(response.headers.get('retry-after'));
    assert.ok(seconds > 0, 'a 429 says when to come again');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    return exportProfile(sandbox, wanted);
  }
  assert.ok(response.ok, `users/export/ids answered ${response.status}`);
  const {users} = await response.json();
  assert.ok(users.length <= 1, 'one profile at most');
  return users[0] ?? null;
}

/**
 * Reads the profile back by address and by external id, and holds every field to what was said.
 * @param {Sandbox} sandbox
 * @param {Person} person
 * @param {string} [dob] the date of birth as Braze exports it
 */
export async function assertProfile(sandbox, person, dob = `${person.born}T00:00:00.000Z`) {
  const profile = await exportProfile(sandbox, {email_address: person.email});
  assert.ok(profile, `no profile for ${person.email}`);
  const {first_name, last_name, email, home_city, custom_attributes, custom_events} = profile;
  assert.deepEqual({first_name, last_name, email, dob: profile.dob, home_city}, {
    first_name: person.first,
    last_name: person.last,
    email: person.email.toLowerCase(),
    dob,
    home_city: person.city,
  });
  assert.deepEqual(custom_attributes, {operating_system: person.system});
  assert.equal(custom_events.length, 1, 'exactly one kind of event');
  assert.equal(custom_events[0].count, 1, 'exactly one event');

  assert.match(profile.external_id, /\S/);
  assert.ok(!profile.external_id.includes('@'), 'the e-mail address is no identifier');
  const same = await exportProfile(sandbox, {external_ids: [profile.external_id]});
  assert.equal(same?.email, email);
}

/**
 * @param {Sandbox} sandbox
 * @param {object} faults
 */
export async function setFaults(sandbox, faults) {
  const response = await fetch(`${sandbox.braze_sandbox_url}/_sandbox/faults`, {
    method: 'PUT',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(faults),
  });
  assert.ok(response.ok, `_sandbox/faults answered ${response.status}`);
}
