// The loader, the one file that a page of others names. It defines `Pypestream` and `Millrace` at
// once, keeps what is asked of them until the rest has come, and fetches the rest when the page is
// done loading, or when it is asked for something. A classic script, so that it can stand anywhere.

(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script?.src) return;
  const page = /** @type {any} */ (window);
  const files = new URL('./', script.src).href;
  // jQuery and its like load a snippet's file through an element of their own, which says nothing.
  const says = script.dataset.app
    ? script
    : [...document.scripts].find(({src, dataset}) => src === script.src && dataset.app);
  const given = {...(says ?? script).dataset};
  const kPopup = 'width=500,height=700';

  /**
   * @param {string} name of the global
   * @param {string} file that has what is behind it
   * @param {string} methods
   */
  function define(name, file, methods) {
    if (page[name]?.start) return page[name];
    /** @type {any} */
    let core = null;
    /** @type {Promise<any> | undefined} */
    let loading;
    const load = () =>
      (loading ??= import(files + file)
        .then((module) => {
          core = module.attach(files);
        })
        .catch((error) => {
          loading = undefined; // the network was away: the next call tries again
          console.error(`${name} could not be loaded from ${files}`, error);
        }));
    /** @param {string} method @param {any[]} args */
    const call = (method, args) => {
      if (core) return core[method](...args);
      if (method === 'isVisible') return isVisible();
      // A window can only be opened while the press that asks for it is fresh.
      const isWindow = method === 'boot' && !args[1] && args[0]?.displayMode !== 'inline';
      const popup = isWindow && args[0]?.APP_ID ? window.open('', 'pypestream', kPopup) : null;
      load().then(() =>
        core?.[method](...args, ...(popup ? [undefined, popup].slice(args.length - 1) : [])),
      );
      return undefined;
    };
    /** @type {any} */
    const facade = (/** @type {string} */ method, /** @type {any[]} */ ...args) =>
      facade[method]?.(...args);
    for (const method of methods.split(' ')) {
      facade[method] = (/** @type {any[]} */ ...args) => call(method, args);
    }
    page[name] = facade;
    return facade;
  }

  function isVisible() {
    try {
      return localStorage.getItem('pypestream-chat-visible') === 'true';
    } catch {
      return false;
    }
  }

  const pypestream = define(
    'Pypestream',
    'pypestream.js',
    'start config boot show hide toggle ' +
      'isVisible shutdown restartChat updatePypestreamConfig onShow onHide onChatEnd ' +
      'onChatRestart ' +
      'onSetupComplete onFirstMessage onMount registerForEvents onWindowVisibilityChange',
  );
  const millrace = define(
    'Millrace',
    'millrace.js',
    'start open close toggle restart identify ' +
      'setContext setLocale setTheme track invite on destroy',
  );
  const begin = () => {
    if (page.pypestreamConfig) pypestream.start(page.pypestreamConfig);
    if (given.app) millrace.start(given);
  };
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, {once: true});
})();
