// The way in for an operator: a one-time link that sets a password, and signing in. The link's
// token is in the fragment, so that it reaches no server but in the body of a request.

import {ask} from './asking.js';
import {at} from './parts.js';

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

// A page beside this one, to go on to once somebody is signed in; nothing else is gone to.
const to = new URLSearchParams(location.search).get('to') ?? '';
const leadsOn = /^(deliveries|chat)(\?.*)?$/.test(to);

/** @param {string} id */
function show(id) {
  for (const each of ['link', 'sign-in', 'inside']) at(each).hidden = each !== id;
}

async function showInside() {
  const {ok, said} = await ask('GET', '/session');
  if (!ok) return false;
  if (leadsOn) location.replace(to);
  at('who').textContent = said.name;
  at('rights').textContent = said.rights.join(', ');
  at('deliveries').hidden = !said.rights.includes('ops.read');
  at('said').textContent = '';
  show('inside');
  return true;
}

async function showSignIn() {
  const {said} = await ask('GET', '/sign-in');
  if (said.oidc) {
    at('oidc').textContent = `Sign in with ${said.oidc.label}`;
    const link = /** @type {HTMLAnchorElement} */ (at('oidc'));
    const back = location.pathname + (leadsOn ? location.search : '');
    link.href = `../api/v1/oidc/start?to=${encodeURIComponent(back)}`;
    link.hidden = false;
  }
  show('sign-in');
}

/** @param {string} token */
async function showLink(token) {
  const {ok, said} = await ask('POST', '/links/look', {token});
  if (!ok) {
    at('said').textContent = said.message;
    return showSignIn();
  }
  at('name-row').hidden = said.name !== null;
  at('whose').textContent =
    said.name === null
      ? 'You are the first here. Choose your name and your password.'
      : `The password of ${said.name}`;
  show('link');
}

at('link').addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = location.hash.slice(1);
  const name = field('link-name').value;
  const body = {token, password: field('link-password').value, ...(name ? {name} : {})};
  const {ok, said} = await ask('POST', '/links/use', body);
  if (!ok) {
    at('said').textContent = said.message;
    return;
  }
  history.replaceState(null, '', location.pathname);
  if (!(await showInside())) await showSignIn();
});

at('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const code = field('code').value;
  const body = {
    name: field('name').value,
    password: field('password').value,
    ...(code ? {code} : {}),
  };
  const {ok, type, said} = await ask('POST', '/session', body);
  if (ok) {
    await showInside();
    return;
  }
  if (type === 'second_factor_wanted') at('code-row').hidden = false;
  at('said').textContent = said.message;
});

at('out').addEventListener('click', async () => {
  await ask('DELETE', '/session');
  await showSignIn();
});

const token = location.hash.slice(1);
if (token) {
  await showLink(token);
} else if (!(await showInside())) {
  await showSignIn();
}
