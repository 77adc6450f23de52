// The bot's Markdown as DOM nodes: bold, italic, code, links, line breaks. Text never becomes
// markup by any other way than these node constructors, and a link leads only where it is safe to.

// One alternative per construct, tried at each position from left to right. The inner text of bold,
// italic and links is rendered again, so they nest.
const kInline = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/u,
    /`(?<code>[^`\n]+)`/u,
    /\[(?<label>[^[\]\n]{1,400})\]\((?<target>[^\s()]{1,2000})\)/u,
    /\*\*(?<bold>(?=\**[^\s*])(?:\\.|[^\\*]|\*(?!\*(?!\*)))+?(?<=\S))\*\*(?!\*)/u,
    /\*(?<italic>(?=[^\s*])(?:\\.|[^\\*])+?(?<=\S))\*/u,
    /(?<![\p{L}\p{N}])_(?<under>(?=[^\s_])(?:\\.|[^\\_])+?(?<=\S))_(?![\p{L}\p{N}])/u,
    /<?(?<bare>https?:\/\/[^\s<>]+[^\s<>.,;:!?'")\]])>?/u,
    /(?<line>\n)/u,
  ].map((part) => part.source).join('|'),
  'gsu',
);

const kDepthMax = 4;

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text) {
  const out = document.createDocumentFragment();
  appendInline(out, text.replace(/\r\n?/g, '\n').trim(), 0);
  return out;
}

/**
 * @param {ParentNode} parent
 * @param {string} text
 * @param {number} depth
 */
function appendInline(parent, text, depth) {
  let done = 0;
  for (const match of depth < kDepthMax ? text.matchAll(kInline) : []) {
    parent.append(text.slice(done, match.index));
    parent.append(nodeOf(match, depth));
    done = match.index + match[0].length;
  }
  parent.append(text.slice(done));
}

/**
 * @param {RegExpMatchArray} match
 * @param {number} depth
 * @returns {Node | string}
 */
function nodeOf(match, depth) {
  const found = match.groups ?? {};
  if (found.escaped) return found.escaped;
  if (found.line) return document.createElement('br');
  if (found.code) return element('code', found.code, kDepthMax);
  if (found.bold) return element('strong', found.bold, depth + 1);
  if (found.italic ?? found.under) return element('em', found.italic ?? found.under, depth + 1);
  const target = safeTarget(found.target ?? found.bare);
  if (!target) return match[0];
  const link = element('a', found.label ?? found.bare, found.label ? depth + 1 : kDepthMax);
  link.setAttribute('href', target);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer nofollow');
  return link;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} depth
 */
function element(name, text, depth) {
  const made = document.createElement(name);
  appendInline(made, text, depth);
  return made;
}

/**
 * The address if it is of a kind that cannot run anything here.
 * @param {string} target
 */
function safeTarget(target) {
  try {
    const address = new URL(target);
    return ['http:', 'https:', 'mailto:'].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}
