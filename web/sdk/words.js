// What the launcher itself says.

/** @typedef {{open: string, close: string, fresh: string, dismiss: string}} Words */

/** @type {Record<string, Words>} */
const kWords = {
  en: {open: 'Open the chat', close: 'Close the chat', fresh: 'New message', dismiss: 'Dismiss'},
  pt: {
    open: 'Abrir a conversa',
    close: 'Fechar a conversa',
    fresh: 'Nova mensagem',
    dismiss: 'Dispensar',
  },
  es: {
    open: 'Abrir el chat',
    close: 'Cerrar el chat',
    fresh: 'Mensaje nuevo',
    dismiss: 'Descartar',
  },
  fr: {
    open: 'Ouvrir le chat',
    close: 'Fermer le chat',
    fresh: 'Nouveau message',
    dismiss: 'Ignorer',
  },
  de: {
    open: 'Chat öffnen',
    close: 'Chat schließen',
    fresh: 'Neue Nachricht',
    dismiss: 'Ausblenden',
  },
  ar: {open: 'فتح المحادثة', close: 'إغلاق المحادثة', fresh: 'رسالة جديدة', dismiss: 'تجاهل'},
  he: {open: 'פתיחת הצ׳אט', close: 'סגירת הצ׳אט', fresh: 'הודעה חדשה', dismiss: 'סגירה'},
};

/** @param {string} locale */
export function wordsOf(locale) {
  return kWords[locale.toLowerCase().split('-')[0]] ?? kWords.en;
}
