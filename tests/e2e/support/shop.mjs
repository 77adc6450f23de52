// A solution that repeats what is said, tells the total that a page told it, and lets one brand's
// pages have it.

import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Brand} from './brand.mjs';
import {launch} from './browser.mjs';
import {Server, temporaryFolder} from './server.mjs';

const kApp = `import os
NAME = 'Shop'
BOTS = []
CSV_BOTS = ['Shop']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kFlow = `nodes:
  hello:
    ask: Hello there! What is it?
    variable: WORD
    nlu: false
  total:
    do: EventsToGlobalVariableValues
    with: {event_mapping: {checkout: {total: TOTAL}}}
    variables: [TOTAL]
    outputs: [success]
    decide: success
    on: {'true': told, 'false': nothing}
  told:
    say: 'You said {WORD}, and the total is {TOTAL}.'
    next: hello
  nothing:
    say: 'You said {WORD}.'
    next: hello
`;

/**
 * Where it was written.
 * @param {string} origin whose pages may frame it
 */
export function writeShop(origin) {
  const solution = join(temporaryFolder(), 'solution');
  mkdirSync(join(solution, 'flows'), {recursive: true});
  writeFileSync(join(solution, 'app.py'), kApp);
  writeFileSync(join(solution, 'flows/main.flow.yaml'), kFlow);
  writeFileSync(
    join(solution, 'solution.yaml'),
    `name: Shop\norigins: ['${origin}']\ntheme: {colours: {accent: '#7a1f5c'}}\n`,
  );
  return solution;
}

/** The shop on the brand's own sites, and a browser that finds them. */
export async function startShop() {
  const brand = await Brand.start();
  const solution = writeShop(brand.origin('*.brand.example'));
  const server = await Server.start({data: temporaryFolder(), solutions: [solution]});
  const browser = await launch(['--host-resolver-rules=MAP *.example 127.0.0.1']);
  const sdk = `${server.ready.base_url}/sdk`;
  return {
    brand,
    server,
    browser,
    sdk,
    /** What a brand pastes on a page. */
    snippet: () =>
      `<script async src="${sdk}/launcher.js" data-app="${server.ready.app_id}"></script>`,
    stop: async () => {
      await browser.close();
      brand.stop();
      await server.stop();
    },
  };
}
