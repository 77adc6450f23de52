// The search, the colours and the list of pages on small screens. Without JavaScript the pages read
// the same, and their links lead everywhere.
(() => {
  const root = /** @type {HTMLScriptElement} */ (document.currentScript).dataset.root ?? '';
  /** @param {string} id @returns {any} */
  const byId = (id) => document.getElementById(id);

  // ---- colours

  const THEMES = ['system', 'light', 'dark'];
  const theme = byId('site-theme');
  const showTheme = () => {
    const name = document.documentElement.dataset.theme ?? 'system';
    byId('site-theme-name').textContent = name[0].toUpperCase() + name.slice(1);
    theme.setAttribute('aria-label', `Colours: ${name}`);
  };
  theme.hidden = false;
  showTheme();
  theme.addEventListener('click', () => {
    const now = document.documentElement.dataset.theme ?? 'system';
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem('millrace.theme', next);
    } catch {
      // It then holds for this page alone.
    }
    showTheme();
  });

  // ---- the list of pages on small screens

  const menu = byId('site-menu');
  const pages = byId('site-pages');
  menu.hidden = false;
  document.documentElement.classList.add('has-script');
  menu.addEventListener('click', () => {
    const isOpen = menu.getAttribute('aria-expanded') !== 'true';
    menu.setAttribute('aria-expanded', String(isOpen));
    pages.classList.toggle('is-open', isOpen);
  });
  const current = pages.querySelector('[aria-current]');
  if (current && pages.scrollHeight > pages.clientHeight) {
    pages.scrollTop = current.offsetTop - pages.clientHeight / 3;
  }

  // ---- copies of samples

  for (const figure of document.querySelectorAll('figure.code')) {
    if (!navigator.clipboard) break;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(figure.querySelector('code')?.textContent + '\n');
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    figure.append(button);
  }

  // ---- the search

  const dialog = byId('site-search');
  const input = byId('site-search-words');
  const found = byId('site-search-found');
  const said = byId('site-search-said');
  /** @type {Promise<any> | undefined} */
  let index;
  let chosen = -1;

  /** @param {string} name */
  const load = (name) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${root}assets/${name}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} could not be read`));
    document.head.append(script);
  });

  const makeIndex = async () => {
    await Promise.all([load('minisearch.js'), load('search-index.js')]);
    const {MiniSearch, millraceSections} = /** @type {any} */ (window);
    const made = new MiniSearch({
      idField: 'at', fields: ['heading', 'page', 'words'],
      storeFields: ['page', 'heading', 'words'],
      tokenize: (/** @type {string} */ text) =>
        text.split(/[\s.,;:!?()[\]{}<>`'"|/=*]+/).flatMap((word) =>
          /[_-]/.test(word) ? [word, ...word.split(/[_-]+/)] : [word]).filter(Boolean),
      searchOptions: {
        boost: {heading: 4, page: 3}, prefix: true, combineWith: 'AND',
        // What is for contributors comes behind what is for everybody.
        boostDocument: (/** @type {string} */ at) => /^(contracts|adr|rooms)\//.test(at) ? 0.3 : 1,
        fuzzy: (/** @type {string} */ word) => word.length > 4 ? 0.2 : false,
      },
    });
    made.addAll(millraceSections);
    return made;
  };

  /** @param {string} text @param {string[]} words */
  const excerpt = (text, words) => {
    const low = text.toLowerCase();
    const at = Math.min(...words.map((word) => low.indexOf(word)).filter((place) => place >= 0),
      Number.MAX_SAFE_INTEGER);
    const from = at === Number.MAX_SAFE_INTEGER ? 0 : Math.max(0, at - 60);
    const end = text.length > from + 160 ? ' …' : '';
    return (from > 0 ? '… ' : '') + text.slice(from, from + 160) + end;
  };

  const choose = (/** @type {number} */ place) => {
    const options = found.querySelectorAll('[role="option"]');
    chosen = options.length === 0 ? -1 : (place + options.length) % options.length;
    options.forEach((/** @type {Element} */ option, /** @type {number} */ at) =>
      option.setAttribute('aria-selected', String(at === chosen)));
    if (chosen < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', options[chosen].id);
    options[chosen].scrollIntoView({block: 'nearest'});
  };

  const search = async () => {
    const words = input.value.trim();
    const made = await index;
    if (words !== input.value.trim()) return;
    const results = words === '' ? [] : made.search(words).slice(0, 20);
    found.replaceChildren(...results.map((/** @type {any} */ result, /** @type {number} */ at) => {
      const option = document.createElement('li');
      option.id = `found-${at}`;
      option.setAttribute('role', 'option');
      option.dataset.to = root + result.id;
      const title = document.createElement('strong');
      title.textContent = result.heading || result.page;
      const of = document.createElement('span');
      of.textContent = result.heading ? result.page : '';
      const text = document.createElement('small');
      text.textContent = excerpt(result.words, words.toLowerCase().split(/\s+/));
      option.append(title, of, text);
      return option;
    }));
    input.setAttribute('aria-expanded', String(results.length > 0));
    said.textContent = words === '' ? '' : results.length === 0 ? 'Nothing was found.' :
      results.length === 1 ? 'One place' : `${results.length} places`;
    choose(0);
  };

  const follow = (/** @type {HTMLElement | null} */ option) => {
    if (!option?.dataset.to) return;
    dialog.close();
    location.href = option.dataset.to;
  };

  const open = () => {
    dialog.showModal();
    input.select();
    index ??= makeIndex();
    index.then(search, () => { said.textContent = 'The search could not be loaded.'; });
  };

  byId('site-search-open').hidden = false;
  byId('site-search-open').addEventListener('click', open);
  input.addEventListener('input', search);
  found.addEventListener('click', (/** @type {MouseEvent} */ event) =>
    follow(/** @type {HTMLElement} */ (event.target).closest('[role="option"]')));
  dialog.addEventListener('click', (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog) dialog.close();
  });
  input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') follow(found.querySelector('[aria-selected="true"]'));
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = /** @type {HTMLElement} */ (event.target).closest('input, textarea, select');
    const isAsked = event.key === '/' && !isTyping ||
      event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
    if (!isAsked || dialog.open) return;
    event.preventDefault();
    open();
  });
})();
