// Writes docs/braze-cases.md out of the tables of cases that the end-to-end tests ask the Braze
// sandbox, so that the page lists what is tested, and nothing else.
//
//   node cases-page.mjs --check    says whether the page would change; exits 1 when it would
//   node cases-page.mjs --write    changes it
import {readFileSync, writeFileSync} from 'node:fs';
import prettier from 'prettier';

import {kCases as centers} from './support/cases/centers.mjs';
import {kCases as copies} from './support/cases/copies.mjs';
import {kCases as endpoints} from './support/cases/endpoints.mjs';
import {kCases as seen} from './support/cases/seen.mjs';
import {kCases as templates} from './support/cases/templates.mjs';
import {kCases as track} from './support/cases/track.mjs';

const page = new URL('../../docs/braze-cases.md', import.meta.url).pathname;
const kWordsMax = 120;

/** A text in a table's cell, as code. @param {unknown} text */
function code(text) {
  const all = String(text).replaceAll('\n', ' ');
  const shown = all.length > kWordsMax ? `${all.slice(0, kWordsMax)}…` : all;
  return `\`${shown.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** What comes back, in a few words. @param {any} item */
function answer(item) {
  const is = item.body_is ?? (typeof item.is === 'object' ? item.is : undefined);
  const message = typeof item.message === 'string' ? item.message : is?.message;
  const parts = [String(item.status)];
  if (message && message !== 'success') parts.push(code(message));
  const error = item.error ?? is?.errors?.[0]?.type;
  if (error) parts.push(`item error ${code(error)}`);
  if (item.code) parts.push(`diagnosis ${code(item.code)}`);
  return parts.join(', ');
}

/** @param {any} item */
function asked(item) {
  if (item.get) return code(`GET ${item.get}`);
  if (item.put) return code(`PUT ${item.put}`);
  if (item.remove) return code(`DELETE ${item.remove}`);
  return code(`POST ${item.post}`);
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

async function written() {
  const groups = {...endpoints, ...templates, ...centers, ...copies, ...seen};
  const count = track.length + Object.values(groups).flat().length;
  const head = [
    '# Cases of the Braze sandbox',
    '',
    'This page is written by `make docs-pages` out of the tables in `tests/e2e/support/cases`.',
    `\`make test\` asks a running sandbox each of the ${count} rows over HTTP. How certain it is`,
    'that Braze does the same is in [compatibility.md](compatibility.md).',
  ].join('\n');
  const out = [
    await prettier.format(head, {parser: 'markdown', printWidth: 120, proseWrap: 'always'}),
    '## users/track',
    '',
    '| # | Case | Response |',
    '|---|---|---|',
    ...track.map((item) => `| ${item.number} | ${cell(item.name)} | ${answer(item)} |`),
  ];
  for (const [group, cases] of Object.entries(groups)) {
    out.push('', `## ${group}`, '', '| Case | Request | Response |', '|---|---|---|');
    for (const item of cases) out.push(`| ${cell(item.name)} | ${asked(item)} | ${answer(item)} |`);
  }
  return `${out.join('\n')}\n`;
}

const text = await written();
const before = (() => {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
})();
if (process.argv.includes('--write')) {
  writeFileSync(page, text);
} else if (before !== text) {
  console.log('docs/braze-cases.md is not as the tests say: run `make docs-pages`');
  process.exitCode = 1;
}
