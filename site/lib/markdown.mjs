// Markdown to HTML: headings that can be linked to, links between sources turned into links between
// pages, code with its language and the file that it belongs to, tables that scroll by themselves.

import MarkdownIt from 'markdown-it';
import Prism from 'prismjs';
import loadLanguages from 'prismjs/components/index.js';

loadLanguages(['bash', 'csv', 'http', 'ini', 'javascript', 'json', 'markdown', 'python', 'yaml']);

/**
 * @typedef {import('markdown-it/lib/token.mjs').default} Token
 * @typedef {import('markdown-it/lib/renderer.mjs').RenderRule} RenderRule
 */

const ALIASES = new Map(Object.entries({sh: 'bash', js: 'javascript', html: 'markup'}));
// What stands behind a language in the sources, where it is no file's name.
const CAPTIONS = new Map(Object.entries({
  fragment: '', nodes: 'nodes of a flow', typed: 'What you type',
  'in a second terminal': 'In a second terminal',
}));
const COMMAND = /^\s*(\$ )?(millrace|make|curl|systemctl|apt-get|npm|node|python3|build\/)\b/m;

/** The anchor that GitHub gives a heading. @param {string} text */
function slug(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').trim().replaceAll(' ', '-');
}

/** @param {string} text */
export function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** @param {string} text @param {string} name of a language */
function highlighted(text, name) {
  const tags = /(<[^>]*>)/;
  const parts = Prism.highlight(text, Prism.languages[name], name).split(tags);
  return parts.map((part, at) => at % 2 ? part : part.replaceAll('>', '&gt;')).join('');
}

/** @param {string} text @param {string} language @param {string} [caption] */
function code(text, language, caption = '') {
  const name = ALIASES.get(language) ?? language;
  const show = name in Prism.languages ? highlighted : escape;
  const inner = show(text.trimEnd(), name);
  const title = caption === '' ? '' : `<figcaption>${escape(caption)}</figcaption>`;
  const kind = language === 'text' ? 'code wraps' : 'code';
  return `<figure class="${kind}">${title}<pre tabindex="0"><code>${inner}</code></pre></figure>\n`;
}

/** @param {Token | undefined} inline the words of a heading, without marks */
function plain(inline) {
  return (inline?.children ?? []).filter(({type}) => type === 'text' || type === 'code_inline')
    .map(({content}) => content).join('');
}

/**
 * @typedef {{level: number, id: string, title: string}} Heading
 * @typedef {{headings: Heading[], resolve: (link: string) => string}} Env
 */

export const markdown = new MarkdownIt({html: true});
/** @type {Record<string, RenderRule>} */
const rules = /** @type {any} */ (markdown.renderer.rules);

rules.heading_open = (tokens, at, _options, env) => {
  const title = plain(tokens[at + 1]);
  const level = Number(tokens[at].tag.slice(1));
  const wanted = slug(title);
  const same = env.headings.filter((/** @type {Heading} */ {id}) =>
    id === wanted || id.replace(/-\d+$/, '') === wanted).length;
  const id = same === 0 ? wanted : `${wanted}-${same}`;
  env.headings.push({level, id, title});
  const isLinked = level > 1 && !tokens[at + 1].children?.some(({type}) => type === 'link_open');
  tokens[at].meta = {isLinked};
  return `<${tokens[at].tag} id="${id}">${isLinked ? `<a class="anchor" href="#${id}">` : ''}`;
};
rules.heading_close = (tokens, at) =>
  `${tokens[at - 2].meta.isLinked ? '</a>' : ''}</${tokens[at].tag}>\n`;

rules.link_open = (tokens, at, options, env, self) => {
  tokens[at].attrSet('href', env.resolve(String(tokens[at].attrGet('href'))));
  return self.renderToken(tokens, at, options);
};
rules.image = (tokens, at, _options, env) => {
  const source = escape(env.resolve(String(tokens[at].attrGet('src'))));
  return `<img src="${source}" alt="${escape(tokens[at].content)}" loading="lazy">`;
};

rules.fence = (tokens, at) => {
  const [language = '', ...place] = tokens[at].info.trim().split(/\s+/);
  const about = place.join(' ');
  return code(tokens[at].content, language, CAPTIONS.get(about) ?? about);
};
rules.code_block = (tokens, at) =>
  code(tokens[at].content, COMMAND.test(tokens[at].content) ? 'bash' : '');

rules.table_open = (tokens, at) => {
  const first = tokens.slice(at).find(({type}) => type === 'inline');
  const label = escape(`Table: ${plain(first) || 'columns'}`);
  return `<div class="table" role="group" aria-label="${label}" tabindex="0"><table>\n`;
};
rules.table_close = () => '</table></div>\n';
// A head without words is no head: a screen reader would announce nothing.
rules.th_open = (tokens, at) => {
  const align = /text-align:(\w+)/.exec(String(tokens[at].attrGet('style')))?.[1];
  const name = tokens[at + 1].content === '' ? 'td' : 'th';
  tokens[at].meta = {name};
  return `<${name}${name === 'th' ? ' scope="col"' : ''}${align ? ` class="${align}"` : ''}>`;
};
rules.th_close = (tokens, at) => `</${tokens[at - 2].meta.name}>\n`;
rules.td_open = (tokens, at) => {
  const align = /text-align:(\w+)/.exec(String(tokens[at].attrGet('style')))?.[1];
  return `<td${align ? ` class="${align}"` : ''}>`;
};
// Comments are for those who edit the page.
rules.html_block = (tokens, at) => tokens[at].content.replace(/<!--[^]*?-->\n?/g, '');
