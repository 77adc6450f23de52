// Every page as the templates want it: its HTML, its headings, its place in the navigation, and
// what the search knows of it.

import {markdown} from './markdown.mjs';
import {GROUPS, SECTIONS} from './navigation.mjs';
import {otherFile, resolve, sources} from './sources.mjs';

/**
 * @typedef {import('./markdown.mjs').Heading} Heading
 * @typedef {{address: string, title: string, html: string, headings: Heading[], path: string,
 *   root: string, section: string}} Page
 * @typedef {{address: string, label: string}} Entry
 * @typedef {{title: string, about: string, entries: Entry[],
 *   groups: {title: string, folder: string, entries: Entry[]}[]}} Shown
 */

/** @returns {{pages: Page[], sections: Shown[]}} */
export function all() {
  const found = sources();
  const addresses = new Map(found.map(({path, address}) => [path, address]));
  const addFile = (/** @type {string} */ path) => {
    const source = otherFile(path);
    addresses.set(path, source.address);
    found.push(source);
    return source.address;
  };
  /** @type {Page[]} */
  const pages = [];
  // Not `map`: a page may add files at the end, which are pages then.
  for (const source of found) {
    /** @type {Heading[]} */
    const headings = [];
    const html = markdown.render(source.text, {
      headings, resolve: (/** @type {string} */ link) => resolve(source, link, addresses, addFile),
    });
    const root = '../'.repeat(source.address.split('/').length - 1);
    const title = headings[0]?.title ?? source.address;
    pages.push({...source, html, headings, root, title, section: ''});
  }
  const sections = navigation(pages);
  for (const {title, entries, groups} of sections) {
    const inside = [...entries, ...groups.flatMap((group) => group.entries)];
    for (const {address} of inside) {
      const page = pages.find((one) => one.address === address);
      if (page) page.section = title;
    }
  }
  return {pages, sections};
}

/** @param {Page[]} pages @returns {Shown[]} */
function navigation(pages) {
  const named = new Set(SECTIONS.flatMap(({pages: own}) => own.map(([address]) => address)));
  const rest = pages.filter(({address}) => !named.has(address));
  const entry = (/** @type {Page} */ {address, title}) => ({address, label: title});
  return SECTIONS.map((section) => {
    const entries = section.pages.filter(([address]) =>
      pages.some((page) => page.address === address))
      .map(([address, label]) => ({address, label}));
    const unnamed = rest.filter(({address}) =>
      !GROUPS.some(({folder}) => address.startsWith(folder)));
    if (section.title === 'Reference') entries.push(...unnamed.map(entry));
    const groups = GROUPS.filter(({section: of}) => of === section.title).map((group) => ({
      ...group, entries: rest.filter(({address}) => address.startsWith(group.folder)).map(entry),
    }));
    return {title: section.title, about: section.about, entries, groups};
  });
}

/**
 * The pages in the order of the navigation, for "next" and "previous".
 * @param {Shown[]} sections
 */
export function inOrder(sections) {
  return sections.flatMap(({entries, groups}) =>
    [...entries, ...groups.flatMap((group) => group.entries)]);
}

const ENTITIES = new Map(Object.entries(
  {'&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"'}));

/** @param {string} html */
function wordsOf(html) {
  return html.replace(/<[^>]+>/g, ' ')
    .replace(/&(lt|gt|amp|quot);/g, (one) => ENTITIES.get(one) ?? one)
    .replace(/\s+/g, ' ').trim();
}

/** What is looked through: each section of each page. @param {Page[]} pages */
export function searched(pages) {
  return pages.flatMap(({address, title, html}) =>
    html.split(/(?=<h[23] id=")/).map((part) => {
      const [, head = '', id, rest] =
        /^(<h[23] id="([^"]+)".*?<\/h[23]>)?(.*)$/s.exec(part) ?? [];
      return {
        at: id ? `${address}#${id}` : address, page: title, heading: wordsOf(head),
        words: wordsOf(rest),
      };
    })).filter(({words, heading}) => words + heading !== '');
}
