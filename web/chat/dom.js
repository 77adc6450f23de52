// Elements, made of names, classes and texts: text never becomes markup.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/**
 * @param {string} className
 * @param {string} label
 * @param {(event: MouseEvent) => void} pressed
 */
export function makeButton(className, label, pressed) {
  const button = make('button', className, label);
  button.type = 'button';
  button.addEventListener('click', pressed);
  return button;
}

/**
 * A button that answers with `value` when it is pressed.
 * @param {{label: string, value?: string}} option
 * @param {(text: string) => void} say
 * @param {string} [className]
 */
export function choiceButton({label, value = label}, say, className = 'choice ps-button-primary') {
  const button = makeButton(className, label, () => say(value));
  button.dataset.choice = label;
  button.value = value;
  return button;
}

/**
 * @param {string} address
 * @param {string} className
 */
export function makeImage(address, className) {
  const image = make('img', className);
  image.src = address;
  image.alt = '';
  image.loading = 'lazy';
  image.addEventListener('error', () => image.remove());
  return image;
}

const kSvg = 'http://www.w3.org/2000/svg';

/**
 * A drawing of lines on a field of 24 by 24.
 * @param {string} path
 */
export function makeIcon(path) {
  const icon = document.createElementNS(kSvg, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(kSvg, 'path');
  line.setAttribute('d', path);
  icon.append(line);
  return icon;
}

/**
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}
