// Before anything is painted: the colours that the reader chose on an earlier page.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('millrace.theme');
  } catch {
    // A page that is read from a folder may have no storage: then the system's colours are used.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
