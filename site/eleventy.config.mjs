// Makes build/site of the pages in docs/. What is a page, and where it stands, is in lib/pages.mjs.

import {ROOT} from './lib/sources.mjs';

/** @param {any} eleventy */
export default function configure(eleventy) {
  eleventy.addWatchTarget(ROOT + 'docs/');
  eleventy.addWatchTarget(ROOT + 'examples/');
  eleventy.addWatchTarget('./lib/');
  eleventy.addPassthroughCopy({
    assets: 'assets',
    [`${ROOT}docs/*.{png,svg}`]: 'images',
    [`${ROOT}LICENSE`]: 'LICENSE.txt',
    'node_modules/minisearch/dist/umd/index.js': 'assets/minisearch.js',
  });
  return {
    dir: {input: 'pages', includes: '../layouts', data: '../data', output: '../build/site'},
    htmlTemplateEngine: 'njk',
  };
}
