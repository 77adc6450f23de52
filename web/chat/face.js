// Whose words these are, as a picture: what the theme gives, else the mark of the page's header.

import {make, makeImage} from './dom.js';
import {imageAddress} from './page.js';

/**
 * @param {string} className
 * @param {...string} images the first of these that is one
 */
export function makeFace(className, ...images) {
  const face = make('span', className);
  face.setAttribute('aria-hidden', 'true');
  const address = images.map(imageAddress).find(Boolean);
  const mark = () => document.querySelector('#logo > *')?.cloneNode(true) ?? '';
  face.append(address ? makeImage(address, '') : mark());
  return face;
}

/**
 * Who it is that one talks to, where nothing has been said yet.
 * @param {import('./page.js').Facts} facts
 */
export function makeIntro({title, subtitle, avatar, logo}) {
  const names = [make('strong', '', title), make('span', '', subtitle)];
  return make('div', 'intro', makeFace('face', avatar, logo), ...names);
}
