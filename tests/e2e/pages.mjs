// Wraps the Markdown of this repository with prettier. Tables stay as they are: prettier would pad
// each cell to its column's width, and one long cell would then change every row.
//
//   node pages.mjs --check    names the pages that would change; exits 1 when there is any
//   node pages.mjs --write    changes them
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import prettier from 'prettier';

const root = new URL('../../', import.meta.url).pathname;
/** @type {prettier.Options} */
const OPTIONS = {
  parser: 'markdown', printWidth: 120, proseWrap: 'always', embeddedLanguageFormatting: 'off',
};

/** @param {string} text */
async function wrapped(text) {
  /** @type {string[]} */
  const tables = [];
  // A table begins and ends with lines that begin with a bar, outside of fenced blocks.
  const parts = text.split(/(^[ ]*```[^]*?^[ ]*```[ ]*$)/m);
  const hide = (/** @type {string} */ table) => {
    const margin = /^[ ]*/.exec(table)?.[0] ?? '';
    return `${margin}<!-- table ${tables.push(table.trimEnd()) - 1} -->\n`;
  };
  const hidden = parts.map((part, at) => at % 2 ? part : part.replace(/(?:^[ ]*\|.*\n)+/gm, hide))
    .join('');
  const shown = await prettier.format(hidden, OPTIONS);
  return shown.replace(/^[ ]*<!-- table (\d+) -->$/gm, (_, number) => tables[Number(number)]);
}

const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard',
  '*.md'], {cwd: root, encoding: 'utf8'}).split('\0').filter(Boolean);
let count = 0;
for (const path of new Set(listed)) {
  const text = readFileSync(root + path, 'utf8');
  const better = await wrapped(text);
  if (better === text) continue;
  count += 1;
  console.log(path);
  if (process.argv.includes('--write')) writeFileSync(root + path, better);
}
if (count > 0 && !process.argv.includes('--write')) {
  console.log(`${count} pages are not wrapped as they should be: \`make format\` does it`);
  process.exitCode = 1;
}
