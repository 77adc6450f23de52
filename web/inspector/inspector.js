// The inspector: profiles, requests and the fault switch of the sandbox, read again every two
// seconds, the newest of everything first. Everything shown goes through textContent. The sandbox
// keeps no bodies, no headers and no personal data of a request; what is not kept is not shown.

import { requestItem, sameMoment } from './requests.js';

const REFRESH_MS = 2000;
const PROFILES_MAX = 1000;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const search = /** @type {HTMLInputElement} */ (byId('search'));
const searchRequests = /** @type {HTMLInputElement} */ (byId('search-requests'));
let chosen = '';
/** The moment of a profile's history whose requests are marked. */
let moment = '';

/** @param {string} tag @param {string} [text] @param {Record<string, string>} [attributes] */
function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** @param {string} path @param {RequestInit} [options] */
async function call(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Replaces children only when what they show has changed, so that focus stays where it is. */
function show(/** @type {HTMLElement} */ into, /** @type {unknown} */ data, /** @type {() => Node[]} */ make) {
  const key = JSON.stringify(data);
  if (into.dataset.shown === key) return;
  into.dataset.shown = key;
  into.replaceChildren(...make());
}

const shown = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** @param {Record<string, unknown>} values */
function list(values) {
  const made = element('dl');
  for (const [name, value] of Object.entries(values)) {
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (!empty) made.append(element('dt', name), element('dd', shown(value)));
  }
  return made;
}

async function showProfiles() {
  const wanted = encodeURIComponent(search.value);
  const listed = await call(`/_sandbox/profiles?limit=${PROFILES_MAX}&search=${wanted}`);
  const profiles = [...listed.profiles].reverse();
  if (!chosen && profiles.length > 0) chosen = profiles[0].braze_id;
  show(byId('profiles'), [profiles, chosen], () => profiles.map((/** @type {any} */ profile) => {
    const name = [profile.first_name, profile.last_name].filter(Boolean).join(' ') || 'No name yet';
    const button = element('button', name, { type: 'button', 'aria-current': String(profile.braze_id === chosen) });
    button.append(element('small', profile.email ?? profile.external_id ?? profile.braze_id));
    button.addEventListener('click', () => {
      chosen = profile.braze_id;
      refresh();
    });
    const item = element('li');
    item.append(button);
    return item;
  }));
  if (profiles.length === 0) {
    show(byId('profiles'), 'none', () => [element('li', 'Nobody yet. Finish a conversation.', { class: 'quiet' })]);
  }
}

// What one line of a profile's history is about, in words.
const kSaid = /** @type {Record<string, (line: any) => string>} */ ({
  attributes: () => 'Attributes changed',
  event: (line) => `Event “${line.name}”`,
  purchase: (line) => `Bought “${line.name}”, ${line.quantity} × ${line.price} ${line.currency}`,
  message: (line) => `Sent “${line.name}” (${line.via})`,
  subscription: (line) => `“${line.name}” is now ${line.state}`,
  identified: (line) => `Identified as “${line.name ?? ''}”`,
  renamed: (line) => `Renamed to “${line.name}”`,
  merged: (line) => `“${line.name}” was merged into this one`,
  alias: (line) => `Alias “${line.name}”`,
});

/** @param {any} line */
function historyItem(line) {
  const item = element('li');
  item.append(element('strong', kSaid[line.kind]?.(line) ?? line.kind), ' ');
  const title = 'Show the requests of that moment';
  const button = element('button', undefined, { type: 'button', class: 'link', title });
  button.append(element('time', new Date(line.time).toLocaleString(), { datetime: line.time }));
  button.addEventListener('click', () => showMoment(line.time));
  item.append(button);
  const values = { ...line.fields, ...line.custom, ...line.properties };
  if (Object.keys(values).length > 0) item.append(changes(values));
  return item;
}

// As list, and what was removed says so.
/** @param {Record<string, unknown>} values */
function changes(values) {
  const made = element('dl');
  for (const [name, value] of Object.entries(values)) {
    made.append(element('dt', name), element('dd', value === null ? 'removed' : shown(value)));
  }
  return made;
}

async function showProfile() {
  if (!chosen) return;
  const { profile, history } = await call(`/_sandbox/profiles/${encodeURIComponent(chosen)}`);
  const { custom_attributes: custom, custom_events: tallies = [], ...rest } = profile;
  const { purchases = [], ...fields } = rest;
  show(byId('profile'), [profile, history], () => {
    const lines = element('ol', undefined, { class: 'history', tabindex: '0', 'aria-label': 'History' });
    lines.append(...[...history].reverse().map(historyItem));
    return [
      element('h3', 'Profile'), list(fields),
      element('h3', 'Custom attributes'), list(custom),
      element('h3', `History (${tallies.length} events, ${purchases.length} products)`), lines,
    ];
  });
}

async function showRequests() {
  const { requests } = await call(`/_sandbox/requests?search=${encodeURIComponent(searchRequests.value)}`);
  const list = byId('requests');
  const open = new Set([...list.querySelectorAll('details[open]')].map((item) => item.id));
  show(list, [requests, moment], () => requests.map((/** @type {any} */ request) =>
    requestItem(request, open.has(`request-${request.number}`), sameMoment(request.time, moment))));
  if (requests.length === 0) show(list, 'none', () => [element('li', 'None yet.', { class: 'quiet' })]);
}

/** @param {string} time */
async function showMoment(time) {
  moment = time;
  searchRequests.value = '';
  await refresh();
  const marked = byId('requests').querySelector('.marked');
  byId('status').textContent = marked ? '' : 'The requests of that moment are no longer kept.';
  marked?.scrollIntoView({ block: 'center' });
  /** @type {HTMLElement | null | undefined} */ (marked?.querySelector('summary'))?.focus();
}

async function showWorkspace() {
  const workspace = await call('/_sandbox/workspace');
  show(byId('workspace'), workspace, () => Object.keys(workspace).filter((kind) => kind !== 'keys')
    .filter((kind) => Object.keys(workspace[kind]).length > 0)
    .flatMap((kind) => {
      const all = element('ul');
      for (const [id, object] of Object.entries(workspace[kind])) {
        const item = element('li', `${/** @type {any} */ (object).name ?? 'No name'} `);
        item.append(element('code', id));
        all.append(item);
      }
      return [element('h3', kind.replace('_', ' ')), all];
    }));
}

async function showFaults() {
  const fault = await call('/_sandbox/faults');
  for (const button of document.querySelectorAll('[data-fault]')) {
    const offered = JSON.parse(/** @type {HTMLElement} */ (button).dataset.fault ?? '{}');
    const same = offered.mode === fault.mode && (offered.mode !== 'refuse' || offered.status === (fault.status ?? 500));
    button.setAttribute('aria-pressed', String(same));
  }
}

async function refresh() {
  try {
    await Promise.all([showFaults(), showProfiles(), showProfile(), showRequests(), showWorkspace()]);
    byId('status').textContent = '';
  } catch (problem) {
    byId('status').textContent = `The sandbox does not answer: ${problem instanceof Error ? problem.message : problem}`;
  }
}

byId('modes').addEventListener('click', async (event) => {
  const body = /** @type {HTMLElement} */ (event.target).dataset.fault;
  if (!body) return;
  await call('/_sandbox/faults', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body });
  refresh();
});
byId('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const given = Object.fromEntries(new FormData(form));
  try {
    await call(`/_sandbox/workspace/${given.kind}/${encodeURIComponent(String(given.id))}`, {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: given.name }),
    });
    form.reset();
  } catch (problem) {
    byId('status').textContent = `It was not kept: ${problem instanceof Error ? problem.message : problem}`;
    return;
  }
  refresh();
});
search.addEventListener('input', refresh);
searchRequests.addEventListener('input', refresh);
refresh();
setInterval(refresh, REFRESH_MS);
