// Which files of the repository are pages of the site, and under which address each one stands.

import {readdirSync, readFileSync, statSync} from 'node:fs';
import {extname, posix} from 'node:path';
import {fileURLToPath} from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Pages outside of docs/. SECURITY.md would stand where docs/security.md stands. */
const AT_THE_TOP = {
  'README.md': 'readme.html',
  'ARCHITECTURE.md': 'architecture.html',
  'CONTRIBUTING.md': 'contributing.html',
  'CHANGELOG.md': 'changelog.html',
  'SECURITY.md': 'reporting-a-weakness.html',
};
const LANGUAGES = {'.py': 'python', '.yaml': 'yaml', '.csv': 'csv', '.md': 'markdown'};

/** @param {string} folder relative to the root @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(ROOT + folder, {withFileTypes: true})
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === '__pycache__') return [];
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** @param {string} path of a Markdown file @returns {string} its address in the site */
function addressOf(path) {
  if (path in AT_THE_TOP) return AT_THE_TOP[/** @type {keyof AT_THE_TOP} */ (path)];
  const room = /^src\/([\w-]+)\/README\.md$/.exec(path);
  if (room) return `rooms/${room[1]}.html`;
  return path.replace(/^docs\//, '').replace(/README\.md$|\.md$/, (end) =>
    end === '.md' ? '.html' : 'index.html');
}

/** A file as a fenced block. @param {string} path */
function fenced(path) {
  const text = readFileSync(ROOT + path, 'utf8').trimEnd();
  const language = /** @type {Record<string, string>} */ (LANGUAGES)[extname(path)] ?? '';
  const fence = text.includes('```') ? '````' : '```';
  return `${fence}${language}\n${text}\n${fence}\n`;
}

/** One page for each example, which shows all of its files. @param {string} name */
function exampleAsMarkdown(name) {
  const parts = filesBelow(`examples/${name}`).map((path) =>
    `## ${path.slice(`examples/${name}/`.length)}\n\n${fenced(path)}`);
  return `# The example ${name}\n\nAll files of \`examples/${name}\`. From a clone of the `
    + `repository, \`millrace chat examples/${name}\` talks to it.\n\n${parts.join('\n')}`;
}

/**
 * @typedef {{path: string, address: string, text: string}} Source
 * @returns {Source[]}
 */
export function sources() {
  const paths = [
    ...Object.keys(AT_THE_TOP),
    ...filesBelow('docs').filter((path) =>
      path.endsWith('.md') && !path.startsWith('docs/samples/')),
    ...readdirSync(ROOT + 'src').sort().map((room) => `src/${room}/README.md`),
  ];
  const pages = paths.map((path) =>
    ({path, address: addressOf(path), text: readFileSync(ROOT + path, 'utf8')}));
  const examples = readdirSync(ROOT + 'examples').sort()
    .filter((name) => statSync(`${ROOT}examples/${name}`).isDirectory())
    .map((name) => ({
      path: `examples/${name}`, address: `examples/${name}.html`, text: exampleAsMarkdown(name),
    }));
  return [...pages, ...examples];
}

/** A page for any other file that a page links to. @param {string} path @returns {Source} */
export function otherFile(path) {
  if (path.endsWith('.md')) {
    const address = `files/${path.replace(/\.md$/, '.html')}`;
    return {path, address, text: readFileSync(ROOT + path, 'utf8')};
  }
  return {path, address: `files/${path}.html`, text: `# ${path}\n\n${fenced(path)}`};
}

/**
 * Where a link of a page leads within the site.
 * @param {Source} from @param {string} link as it is written in Markdown
 * @param {Map<string, string>} addresses path of a source -> its address
 * @param {(path: string) => string} addFile makes a page of a file, and gives its address
 */
export function resolve(from, link, addresses, addFile) {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return link;
  const [target, anchor] = link.split('#');
  const behind = anchor === undefined ? '' : '#' + anchor;
  if (target === '') return behind;
  const folder = from.path.startsWith('examples/') ? from.path : posix.dirname(from.path);
  const path = posix.normalize(posix.join(folder, decodeURI(target))).replace(/\/$/, '');
  const address = addresses.get(path)
    ?? addresses.get(`${path}/README.md`)
    ?? (path.startsWith('examples/') ? addresses.get(path.split('/').slice(0, 2).join('/')) : null)
    ?? assetOf(path)
    ?? (isFile(path) ? addFile(path) : undefined);
  if (address === undefined) throw new Error(`${from.path}: links to ${link}, which is not there`);
  return posix.relative(posix.dirname(from.address), address) + behind;
}

/** @param {string} path */
function isFile(path) {
  if (path.startsWith('..')) return false;
  return statSync(ROOT + path, {throwIfNoEntry: false})?.isFile() ?? false;
}

/** @param {string} path */
function assetOf(path) {
  if (path === 'LICENSE') return 'LICENSE.txt';
  return /^docs\/[\w-]+\.(png|svg)$/.test(path) ? path.replace('docs/', 'images/') : undefined;
}
