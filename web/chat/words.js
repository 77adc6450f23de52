// What the page itself says, in the languages it knows. What the bot says comes from the server.

/**
 * @typedef {{
 *   message: string, placeholder: string, send: string, you: string, restart: string,
 *   restartSure: string, connecting: string, online: string, reconnecting: string, ended: string,
 *   closed: string, unavailable: string, sending: string, failed: string, resend: string,
 * }} Words
 */

/** @type {Record<string, Words>} */
const kWords = {
  en: {
    message: 'Your message', placeholder: 'Write a message', send: 'Send', you: 'You',
    restart: 'New conversation', restartSure: 'Really start over?',
    connecting: 'Connecting…', online: 'Online', reconnecting: 'Reconnecting…',
    ended: 'This conversation has ended.', closed: 'Ended',
    unavailable: 'This conversation is not available.',
    sending: 'Sending…', failed: 'Not sent.', resend: 'Try again',
  },
  'pt-BR': {
    message: 'Sua mensagem', placeholder: 'Escreva uma mensagem', send: 'Enviar', you: 'Você',
    restart: 'Nova conversa', restartSure: 'Recomeçar mesmo?',
    connecting: 'Conectando…', online: 'Online', reconnecting: 'Reconectando…',
    ended: 'Esta conversa terminou.', closed: 'Encerrada',
    unavailable: 'Esta conversa não está disponível.',
    sending: 'Enviando…', failed: 'Não enviada.', resend: 'Tentar de novo',
  },
  es: {
    message: 'Su mensaje', placeholder: 'Escriba un mensaje', send: 'Enviar', you: 'Usted',
    restart: 'Nueva conversación', restartSure: '¿Empezar de nuevo?',
    connecting: 'Conectando…', online: 'En línea', reconnecting: 'Reconectando…',
    ended: 'Esta conversación ha terminado.', closed: 'Terminada',
    unavailable: 'Esta conversación no está disponible.',
    sending: 'Enviando…', failed: 'No enviado.', resend: 'Reintentar',
  },
  fr: {
    message: 'Votre message', placeholder: 'Écrivez un message', send: 'Envoyer', you: 'Vous',
    restart: 'Nouvelle conversation', restartSure: 'Vraiment recommencer ?',
    connecting: 'Connexion…', online: 'En ligne', reconnecting: 'Reconnexion…',
    ended: 'Cette conversation est terminée.', closed: 'Terminée',
    unavailable: 'Cette conversation n’est pas disponible.',
    sending: 'Envoi…', failed: 'Non envoyé.', resend: 'Réessayer',
  },
  de: {
    message: 'Ihre Nachricht', placeholder: 'Nachricht schreiben', send: 'Senden', you: 'Sie',
    restart: 'Neues Gespräch', restartSure: 'Wirklich neu beginnen?',
    connecting: 'Verbinde …', online: 'Online', reconnecting: 'Verbinde erneut …',
    ended: 'Dieses Gespräch ist beendet.', closed: 'Beendet',
    unavailable: 'Dieses Gespräch ist nicht verfügbar.',
    sending: 'Wird gesendet …', failed: 'Nicht gesendet.', resend: 'Erneut versuchen',
  },
};

/**
 * The best language for what the browser asks for, English when it asks for none of ours.
 * @param {readonly string[]} asked
 * @returns {{language: string, words: Words}}
 */
export function chooseWords(asked) {
  for (const wanted of asked) {
    const language = Object.keys(kWords).find((ours) => baseOf(ours) === baseOf(wanted));
    if (language) return {language, words: kWords[language]};
  }
  return {language: 'en', words: kWords.en};
}

/** @param {string} language */
function baseOf(language) {
  return language.toLowerCase().split('-')[0];
}
