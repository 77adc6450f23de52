// Lints the Python of this repository with ruff, which is packaged for node here so that one lock file
// pins it. Prints a line for each finding; exits 1 when there is any.
import {PositionEncoding, Workspace} from '@astral-sh/ruff-wasm-nodejs';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;
const SETTINGS = {
  'line-length': 100,
  'target-version': 'py311',
  lint: {
    select: ['E', 'W', 'F', 'B', 'I', 'UP', 'C4', 'PIE', 'PLE'],
    ignore: ['UP031', 'UP032'],  // `format` stays where a template is at hand
  },
};
// What solutions' authors may write, mistakes and attacks among it, and scripts that are published so.
const NOT_OURS = /^(tests\/(sandbox|conversations|check|e2e)\/|examples\/|bench\/solution\/|fuzz\/)/;

const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard',
  '*.py'], {cwd: root, encoding: 'utf8'}).split('\0').filter(Boolean);
const paths = [...new Set(listed)].filter(path => !NOT_OURS.test(path));
const workspace = new Workspace(SETTINGS, PositionEncoding.Utf16);
let count = 0;
for (const path of paths) {
  for (const {code, message, start_location: at} of workspace.check(readFileSync(root + path, 'utf8'))) {
    console.log(`${path}:${at.row}:${at.column}: ${code} ${message}`);
    count += 1;
  }
}
console.log(`ruff: ${paths.length} files of Python, ${count} findings`);
process.exitCode = count > 0 ? 1 : 0;
