// The bot's Markdown: paragraphs, lists, quotes, headings, code, emphasis, links and line breaks.
// It is read into a tree of plain values, and the tree becomes DOM nodes: text never becomes markup
// by any other way, HTML stays text, and a link leads only where it is safe to.

import {imageAddress} from './page.js';

/**
 * @typedef {string | {tag: string, attributes?: Record<string, string>, children: Tree[]}} Tree
 */

// One alternative per construct, tried at each position from left to right. The inner text of bold,
// italic and links is rendered again, so they nest.
const kInline = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/u,
    /`(?<code>[^`\n]+)`/u,
    /!\[(?<alt>[^[\]\n]{0,400})\]\((?<source>[^\s()]{1,2000})\)/u,
    /\[(?<label>[^[\]\n]{1,400})\]\((?<target>[^\s()]{1,2000})\)/u,
    /\*\*(?<bold>(?=\**[^\s*])(?:\\.|[^\\*]|\*(?!\*(?!\*)))+?(?<=\S))\*\*(?!\*)/u,
    /\*(?<italic>(?=[^\s*])(?:\\.|[^\\*])+?(?<=\S))\*/u,
    /(?<![\p{L}\p{N}])_(?<under>(?=[^\s_])(?:\\.|[^\\_])+?(?<=\S))_(?![\p{L}\p{N}])/u,
    /<?(?<bare>https?:\/\/[^\s<>]+[^\s<>.,;:!?'")\]])>?/u,
    /(?<![\w-])(?<date>\d{1,4}-\d{1,2}-\d{1,4})(?![\w-])/u,
    /(?<line>\n)/u,
  ]
    .map((part) => part.source)
    .join('|'),
  'gsu',
);

const kDepthMax = 4;
const kItem = /^( *)(?:([-*+])|(\d{1,3})[.)]) +(?=\S)/;

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text) {
  const out = document.createDocumentFragment();
  for (const tree of parseMarkdown(text)) out.append(nodeOf(tree));
  return out;
}

/**
 * @param {Tree} tree
 * @returns {Node | string}
 */
function nodeOf(tree) {
  if (typeof tree === 'string') return tree;
  const made = document.createElement(tree.tag);
  for (const [name, value] of Object.entries(tree.attributes ?? {})) made.setAttribute(name, value);
  made.append(...tree.children.map(nodeOf));
  return made;
}

/**
 * One paragraph alone is its words, without a `p` around them.
 * @param {string} text
 * @returns {Tree[]}
 */
export function parseMarkdown(text) {
  const blocks = blocksOf(
    text
      .replace(/\r\n?/g, '\n')
      .replace(/^\n+|\s+$/g, '')
      .split('\n'),
    0,
  );
  const [only] = blocks;
  return blocks.length === 1 && typeof only !== 'string' && only.tag === 'p'
    ? only.children
    : blocks;
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Tree[]}
 */
function blocksOf(lines, depth) {
  /** @type {Tree[]} */
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const end = endOf(lines, at, depth);
    const block = blockOf(lines.slice(at, end), depth);
    if (block) blocks.push(block);
    at = end;
  }
  return blocks;
}

/**
 * What the block is that begins there.
 * @param {string} line
 * @param {number} depth
 */
function kindOf(line, depth) {
  if (line.trim() === '') return 'blank';
  if (line.startsWith('```')) return 'code';
  if (depth >= kDepthMax) return 'text';
  if (kItem.test(line)) return /^ *\d/.test(line) ? 'numbers' : 'points';
  if (/^> ?/.test(line)) return 'quote';
  return /^#{1,4} +\S/.test(line) ? 'heading' : 'text';
}

/**
 * Behind the last line of the block that begins at `at`.
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 */
function endOf(lines, at, depth) {
  const kind = kindOf(lines[at], depth);
  let end = at + 1;
  if (kind === 'blank' || kind === 'heading') return end;
  if (kind === 'code') {
    while (end < lines.length && lines[end].trim() !== '```') ++end;
    return Math.min(end + 1, lines.length);
  }
  const isList = kind === 'points' || kind === 'numbers';
  for (; end < lines.length; ++end) {
    const next = kindOf(lines[end], depth);
    // What is indented belongs to the item above it; a blank line ends everything.
    if (next !== kind && !(isList && next !== 'blank' && /^ {2,}\S/.test(lines[end]))) break;
  }
  return end;
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Tree | null}
 */
function blockOf(lines, depth) {
  const [first] = lines;
  switch (kindOf(first, depth)) {
    case 'blank':
      return null;
    case 'code': {
      const isClosed = lines.length > 1 && lines[lines.length - 1].trim() === '```';
      const inside = lines.slice(1, isClosed ? -1 : undefined);
      return {tag: 'pre', children: [{tag: 'code', children: [inside.join('\n')]}]};
    }
    case 'points':
      return {tag: 'ul', children: itemsOf(lines, depth)};
    case 'numbers': {
      const start = Number(kItem.exec(first)?.[3]);
      const attributes = start === 1 ? undefined : {start: String(start)};
      return {tag: 'ol', attributes, children: itemsOf(lines, depth)};
    }
    case 'quote':
      return {
        tag: 'blockquote',
        children: blocksOf(
          lines.map((line) => line.replace(/^> ?/, '')),
          depth + 1,
        ),
      };
    case 'heading':
      return {
        tag: 'p',
        children: [{tag: 'strong', children: inlineOf(first.replace(/^#+ +/, ''), 0)}],
      };
    default:
      return {tag: 'p', children: inlineOf(lines.join('\n'), 0)};
  }
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Tree[]}
 */
function itemsOf(lines, depth) {
  const margin = /^ */.exec(lines[0])?.[0].length ?? 0;
  /** @type {string[][]} */
  const items = [];
  for (const line of lines) {
    const found = kItem.exec(line);
    if (found && found[1].length <= margin + 1) items.push([line.slice(found[0].length)]);
    else items[items.length - 1].push(line);
  }
  return items.map(([words, ...rest]) => {
    const indent = Math.min(...rest.map((line) => /^ */.exec(line)?.[0].length ?? 0));
    const below =
      rest.length > 0
        ? blocksOf(
            rest.map((line) => line.slice(indent)),
            depth + 1,
          )
        : [];
    return {tag: 'li', children: [...inlineOf(words, 0), ...below]};
  });
}

/**
 * @param {string} text
 * @param {number} depth
 * @returns {Tree[]}
 */
function inlineOf(text, depth) {
  /** @type {Tree[]} */
  const out = [];
  let done = 0;
  for (const match of depth < kDepthMax ? text.matchAll(kInline) : []) {
    if (match.index > done) out.push(text.slice(done, match.index));
    out.push(treeOf(match, depth));
    done = match.index + match[0].length;
  }
  if (done < text.length) out.push(text.slice(done));
  return out;
}

/**
 * @param {RegExpMatchArray} match
 * @param {number} depth
 * @returns {Tree}
 */
function treeOf(match, depth) {
  const found = match.groups ?? {};
  if (found.escaped) return found.escaped;
  if (found.line) return {tag: 'br', children: []};
  // Its hyphens are no places to break a line at.
  if (found.date) return {tag: 'span', attributes: {class: 'date'}, children: [found.date]};
  if (found.code) return {tag: 'code', children: [found.code]};
  if (found.bold) return {tag: 'strong', children: inlineOf(found.bold, depth + 1)};
  const slanted = found.italic ?? found.under;
  if (slanted) return {tag: 'em', children: inlineOf(slanted, depth + 1)};
  const source = imageAddress(found.source);
  if (source)
    return {tag: 'img', attributes: {src: source, alt: found.alt, loading: 'lazy'}, children: []};
  const target = safeTarget(found.target ?? found.bare ?? '');
  if (!target) return match[0];
  return {
    tag: 'a',
    attributes: {href: target, target: '_blank', rel: 'noopener noreferrer nofollow'},
    children: found.label ? inlineOf(found.label, depth + 1) : [found.bare],
  };
}

/**
 * The address if it is of a kind that cannot run anything here.
 * @param {string} target
 */
export function safeTarget(target) {
  try {
    const address = new URL(target);
    return ['http:', 'https:', 'mailto:', 'tel:'].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}
