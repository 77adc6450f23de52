// Signing in by a real OpenID Connect provider (npm oidc-provider): the code flow with PKCE, both
// kinds of signatures, rules that let people in or do not, answers that are not for this browser.

import assert from 'node:assert/strict';
import {generateKeyPairSync} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
// @ts-ignore: it has no types of its own
import Provider from 'oidc-provider';

import {Api, Client, signupAs} from './support/operators.mjs';
import {Server, run, temporaryFolder} from './support/server.mjs';

const kSecret = 'a-client-secret-of-the-test';
/** @type {Record<string, string[]>} */
const kGroups = {ben: ['bots'], ada: ['admins', 'others'], eve: ['others']};

// The same keys whichever of them signs.
const jwk = (/** @type {any} */ kind, /** @type {any} */ options, /** @type {string} */ alg) => ({
  .../** @type {any} */ (generateKeyPairSync(kind, options).privateKey).export({format: 'jwk'}),
  use: 'sig',
  alg,
  kid: alg,
});

const kKeys = [
  jwk('rsa', {modulusLength: 2048}, 'RS256'),
  jwk('ec', {namedCurve: 'P-256'}, 'ES256'),
];

/** A browser as far as this needs one: cookies by site, redirects by hand. */
class Browser {
  /** @type {Map<string, Map<string, string>>} */ jars = new Map();

  /** @param {string} url @param {RequestInit} [options] */
  async go(url, options = {}) {
    const {origin} = new URL(url);
    const jar = this.jars.get(origin) ?? new Map();
    this.jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...options,
      redirect: 'manual',
      headers: {...options.headers, ...(cookie ? {Cookie: cookie} : {})},
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** As go, and on until an address of that origin, or an answer that leads nowhere. */
  async follow(
    /** @type {string} */ url,
    /** @type {string} */ until,
    /** @type {RequestInit} */ options = {},
  ) {
    let response = await this.go(url, options);
    let at = url;
    for (let hops = 0; hops < 10 && response.headers.get('location'); ++hops) {
      at = new URL(response.headers.get('location') ?? '', at).href;
      if (at.startsWith(until)) return {response, at};
      response = await this.go(at);
    }
    return {response, at};
  }
}

describe('an OpenID Connect provider', () => {
  const data = join(temporaryFolder(), 'data');
  const site = createServer();
  /** @type {Server} */ let server;
  /** @type {Api} */ let api;
  let issuer = '';

  /** @param {string} algorithm */
  const provide = (algorithm) => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'millrace',
          client_secret: kSecret,
          id_token_signed_response_alg: algorithm,
          redirect_uris: [`${server.ready.base_url}/api/v1/oidc/callback`],
        },
      ],
      jwks: {keys: kKeys},
      claims: {openid: ['sub'], profile: ['preferred_username', 'groups']},
      conformIdTokenClaims: false,
      pkce: {required: () => true},
      cookies: {keys: ['of the test']},
      findAccount: (/** @type {any} */ _, /** @type {string} */ id) => ({
        accountId: id,
        claims: () => ({sub: id, preferred_username: id, groups: kGroups[id] ?? []}),
      }),
    });
    site.removeAllListeners('request');
    site.on('request', provider.callback());
  };

  before(async () => {
    await new Promise((listening) => site.listen(0, '127.0.0.1', () => listening(undefined)));
    const {port} = /** @type {import('node:net').AddressInfo} */ (site.address());
    issuer = `http://127.0.0.1:${port}`;
    const oidc = join(temporaryFolder(), 'oidc.yaml');
    writeFileSync(
      oidc,
      `issuer: ${issuer}
client: millrace
secret: \${env:MILLRACE_TEST_OIDC_SECRET}
label: The house
claim: groups
roles:
  bots: designer@Signup
  admins: [operator, pii.read@Signup]
`,
    );
    server = await Server.start({
      data,
      solutions: [signupAs('Signup')],
      logLevel: 'info',
      more: ['--oidc', oidc, '--allow-internal', `127.0.0.1:${port}`],
      env: {MILLRACE_TEST_OIDC_SECRET: kSecret},
    });
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    provide('RS256');
  });
  after(async () => {
    await server.stop();
    site.closeAllConnections();
    site.close();
  });

  /** To the provider and through its pages; gives the address it sends the browser back to. */
  const comeBack = async (/** @type {Browser} */ browser, /** @type {string} */ login) => {
    const callback = `${api.url}/oidc/callback`;
    let {at} = await browser.follow(`${api.url}/oidc/start?to=/operator/`, callback);
    for (let page = 0; page < 3 && !at.startsWith(callback); ++page) {
      const text = await (await browser.go(at)).text();
      const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? 'consent';
      const action = /action="([^"]+)"/.exec(text)?.[1] ?? at;
      ({at} = await browser.follow(new URL(action, at).href, callback, {
        method: 'POST',
        headers: {'Content-Type': 'application/x-www-form-urlencoded'},
        body: new URLSearchParams({prompt, login, password: 'any'}).toString(),
      }));
    }
    assert.ok(at.startsWith(callback), at);
    return at;
  };
  const clientOf = (/** @type {Browser} */ browser) =>
    Client.withCookie(api, `millrace=${browser.jars.get(api.origin)?.get('millrace') ?? 'none'}`);

  test('lets in whom it vouches for, with what the rules give', async () => {
    const ways = await new Client(api, {}).get('getSignIn');
    assert.deepEqual(ways.oidc, {label: 'The house'});
    const browser = new Browser();
    const response = await browser.go(await comeBack(browser, 'ben'));
    assert.equal(response.status, 302, await response.text());
    assert.equal(response.headers.get('location'), '/operator/');
    const session = await clientOf(browser).get('getSession');
    assert.equal(session.name, 'ben');
    assert.deepEqual(session.grants, [{role: 'designer', solution: 'Signup'}]);
    const [own] = await clientOf(browser).all('listOwnSessions');
    assert.equal(own.by, 'oidc');
  });

  test('reads tokens signed with ES256 as well, and knows the same person again', async () => {
    kGroups.ben = ['bots', 'admins'];
    provide('ES256');
    const browser = new Browser();
    await browser.go(await comeBack(browser, 'ben'));
    assert.equal((await clientOf(browser).get('getSession')).grants.length, 3);
    const users = await clientOf(browser).all('listUsers');
    assert.equal(users.filter(({name}) => name === 'ben').length, 1);
    assert.ok(users.every(({has_password: has}) => !has));
  });

  test('keeps out whom no rule names', async () => {
    const browser = new Browser();
    const response = await browser.go(await comeBack(browser, 'eve'));
    assert.equal(response.status, 403, await response.text());
    assert.equal((await clientOf(browser).ask('getSession')).status, 401);
  });

  test('takes no answer of another browser, none twice, and none that was changed', async () => {
    const mine = new Browser();
    const back = await comeBack(mine, 'ada');
    assert.equal((await new Browser().go(back)).status, 401, 'a browser that has not begun');
    const other = new Browser();
    await other.follow(`${api.url}/oidc/start`, issuer);
    assert.equal((await other.go(back)).status, 401, 'one that has begun something else');
    const changed = new URL(back);
    changed.searchParams.set('state', 'x'.repeat(43));
    assert.equal((await mine.go(changed.href)).status, 401);
    assert.equal((await mine.go(back)).status, 302);
    assert.equal((await mine.go(back)).status, 401, 'the cookie is used up');
  });

  test('somebody who was disabled stays out, whoever vouches', async () => {
    const disabled = await run(['user', 'disable', 'ada', '--data', data]);
    assert.ok([0, 2].includes(disabled.code), disabled.stderr);
    if (disabled.code === 2) {
      await run(['user', 'add', 'root', '--grant', 'owner', '--data', data]);
      assert.equal((await run(['user', 'disable', 'ada', '--data', data])).code, 0);
    }
    const browser = new Browser();
    assert.equal((await browser.go(await comeBack(browser, 'ada'))).status, 401);
  });

  test('says nothing of secrets and codes in its log', () => {
    assert.ok(!server.stderr().includes(kSecret));
    assert.doesNotMatch(server.stderr(), /code=/);
  });
});
