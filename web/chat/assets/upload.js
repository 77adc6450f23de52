// A file is asked for: chosen, dropped anywhere on the page, or pasted, while the question is open.

import {choiceButton, make, makeButton} from '../dom.js';
import {filled} from '../words.js';

const kAccepted = {
  image: 'image/*',
  pdf: 'application/pdf',
  document: '.docx,.xlsx,.pptx,.odt,.ods',
  text: 'text/*,.csv,.md,.json,.log',
  audio: 'audio/*',
  video: 'video/*',
};

/** The question that is open; what is dropped or pasted is for it. @type {HTMLElement | null} */
let live = null;
/** @type {WeakMap<HTMLElement, (file: File) => void>} */
const takers = new WeakMap();

/** @param {DataTransfer | null} carried */
const fileOf = (carried) => carried?.files[0];

document.addEventListener('dragover', (event) => {
  if (!live || !event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  live.classList.add('over');
});
document.addEventListener('dragleave', () => live?.classList.remove('over'));
for (const name of /** @type {const} */ (['drop', 'paste'])) {
  document.addEventListener(name, (event) => {
    const file = fileOf('clipboardData' in event ? event.clipboardData : event.dataTransfer);
    live?.classList.remove('over');
    if (!live?.isConnected || !file) return;
    event.preventDefault();
    takers.get(live)?.(file);
  });
}

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render({options, label}, {words, say, send, uploads}) {
    if (uploads.mb === 0) {
      const note = make('p', 'none', label ? `${label}: ${words.noFiles}` : words.noFiles);
      return make('div', 'asset', note, choicesOf(options, say));
    }
    const input = make('input', 'free');
    input.type = 'file';
    input.hidden = true;
    input.accept = (uploads.kinds ?? []).map((kind) => kAccepted[kind]).join();
    const choose = makeButton('choice strong', label || words.chooseFile, () => input.click());
    const note = make('p', 'none', words.dropFile);
    note.setAttribute('role', 'status');
    const bar = make('progress', '');
    bar.setAttribute('aria-label', label || words.chooseFile);
    bar.hidden = true;
    const element = make(
      'div',
      'asset upload',
      make('div', 'choices', choose, ...options.map((option) => choiceButton(option, say))),
      bar,
      note,
      input,
    );
    let isBusy = false;
    /** @param {File} file */
    const take = async (file) => {
      if (isBusy) return;
      if (file.size > uploads.mb * 1024 * 1024) {
        note.textContent = filled(words.fileTooLarge, {mb: uploads.mb});
        return;
      }
      isBusy = choose.disabled = true;
      note.textContent = filled(words.fileSending, {name: file.name});
      bar.value = 0;
      bar.hidden = false;
      const sent = await send(file, (part) => (bar.value = part));
      isBusy = choose.disabled = false;
      bar.hidden = true;
      note.textContent = '';
      if ('url' in sent) say(sent.url);
      else note.textContent = sent.why === 'refused' ? words.fileRefused : words.fileFailed;
    };
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      input.value = '';
      if (file) take(file);
    });
    takers.set(element, take);
    return element;
  },
  update(element, _item, isLive) {
    if (isLive) live = element;
    else if (live === element) live = null;
    const note = element.querySelector('.none');
    if (!isLive && element.classList.contains('upload') && note) note.textContent = '';
  },
};

/**
 * @param {import('../items.js').Option[]} options
 * @param {(text: string) => void} say
 */
function choicesOf(options, say) {
  return make('div', 'choices', ...options.map((option) => choiceButton(option, say)));
}
