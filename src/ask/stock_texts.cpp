#include <algorithm>

#include "ask/language.hpp"

namespace millrace::ask {
namespace {

struct Stock {
  std::string_view key;
  std::string_view texts[kLanguageCount];  // en, pt, es, fr, de
};

constexpr Stock kStock[] = {
    {"apology",
     {"Sorry, we are having technical difficulties. Please try again later.",
      "Desculpe, tivemos um problema técnico. Por favor, tente novamente mais tarde.",
      "Lo sentimos, tenemos un problema técnico. Inténtalo de nuevo más tarde.",
      "Désolé, nous avons un problème technique. Réessayez plus tard.",
      "Entschuldigung, wir haben ein technisches Problem. Bitte versuche es später noch einmal."}},
    {"progress",
     {"This takes a little longer. I will get back to you here.",
      "Isso está demorando um pouco. Respondo aqui assim que puder.",
      "Esto tarda un poco más. Te respondo aquí en cuanto pueda.",
      "Cela prend un peu plus de temps. Je vous réponds ici dès que possible.",
      "Das dauert etwas länger. Ich melde mich hier, sobald es so weit ist."}},
    {"retry.text",
     {"I did not get that. Could you write it again?", "Não entendi. Pode escrever de novo?",
      "No lo he entendido. ¿Puedes escribirlo otra vez?",
      "Je n’ai pas compris. Pouvez-vous l’écrire à nouveau ?",
      "Das habe ich nicht verstanden. Bitte schreib es noch einmal."}},
    {"retry.email",
     {"That does not look like an e-mail address. For example: ada@example.com",
      "Isso não parece um endereço de e-mail. Por exemplo: ada@example.com",
      "Eso no parece una dirección de correo. Por ejemplo: ada@example.com",
      "Cela ne ressemble pas à une adresse e-mail. Par exemple : ada@example.com",
      "Das sieht nicht wie eine E-Mail-Adresse aus. Zum Beispiel: ada@example.com"}},
    {"retry.phone",
     {"That does not look like a phone number. For example: +44 20 7946 0958",
      "Isso não parece um número de telefone. Por exemplo: +55 11 91234-5678",
      "Eso no parece un número de teléfono. Por ejemplo: +34 612 34 56 78",
      "Cela ne ressemble pas à un numéro de téléphone. Par exemple : +33 6 12 34 56 78",
      "Das sieht nicht wie eine Telefonnummer aus. Zum Beispiel: +49 30 123456"}},
    {"retry.number",
     {"Please write a number, for example: 3", "Escreva um número, por exemplo: 3",
      "Escribe un número, por ejemplo: 3", "Écrivez un nombre, par exemple : 3",
      "Bitte schreib eine Zahl, zum Beispiel: 3"}},
    {"retry.date",
     {"I could not find that day. For example: 31 December 1990",
      "Não encontrei esse dia. Por exemplo: 31 de dezembro de 1990",
      "No he encontrado ese día. Por ejemplo: 31 de diciembre de 1990",
      "Je n’ai pas trouvé ce jour. Par exemple : 31 décembre 1990",
      "Diesen Tag finde ich nicht. Zum Beispiel: 31. Dezember 1990"}},
    {"retry.time",
     {"Please write a time, for example: 5:30 pm", "Escreva um horário, por exemplo: 17h30",
      "Escribe una hora, por ejemplo: 17:30", "Écrivez une heure, par exemple : 17h30",
      "Bitte schreib eine Uhrzeit, zum Beispiel: 17:30 Uhr"}},
    {"retry.choice",
     {"Please choose one of these:", "Escolha uma destas opções:", "Elige una de estas opciones:",
      "Choisissez l’une de ces options :", "Bitte wähle eine davon:"}},
    {"retry.yes_no",
     {"Please answer yes or no.", "Responda sim ou não.", "Responde sí o no.",
      "Répondez par oui ou par non.", "Bitte antworte mit Ja oder Nein."}},
    {"retry.address",
     {"Please write the address, for example: 10 Main Street, Springfield",
      "Escreva o endereço, por exemplo: Rua das Flores, 10, São Paulo",
      "Escribe la dirección, por ejemplo: Calle Mayor 10, Madrid",
      "Écrivez l’adresse, par exemple : 10 rue de la Paix, Paris",
      "Bitte schreib die Adresse, zum Beispiel: Hauptstraße 10, Berlin"}},
    {"retry.regex",
     {"That does not look right. Could you check it?", "Isso não parece certo. Pode conferir?",
      "Eso no parece correcto. ¿Puedes comprobarlo?",
      "Cela ne semble pas correct. Pouvez-vous vérifier ?",
      "Das sieht nicht richtig aus. Bitte prüfe es noch einmal."}},
    {"retry.file",
     {"Please send a file.", "Envie um arquivo.", "Envía un archivo.", "Envoyez un fichier.",
      "Bitte sende eine Datei."}},
    {"range.text",
     {"That is too short or too long. Could you write it again?",
      "Isso é curto ou longo demais. Pode escrever de novo?",
      "Es demasiado corto o demasiado largo. ¿Puedes escribirlo otra vez?",
      "C’est trop court ou trop long. Pouvez-vous l’écrire à nouveau ?",
      "Das ist zu kurz oder zu lang. Bitte schreib es noch einmal."}},
    {"range.address",
     {"That is too short or too long for an address. Could you write it again?",
      "Isso é curto ou longo demais para um endereço. Pode escrever de novo?",
      "Es demasiado corto o demasiado largo para una dirección. ¿Puedes escribirla otra vez?",
      "C’est trop court ou trop long pour une adresse. Pouvez-vous l’écrire à nouveau ?",
      "Das ist zu kurz oder zu lang für eine Adresse. Bitte schreib sie noch einmal."}},
    {"range.number",
     {"That number is not possible here. Which one is it?",
      "Esse número não é possível aqui. Qual é?", "Ese número no es posible aquí. ¿Cuál es?",
      "Ce nombre n’est pas possible ici. Lequel est-ce ?",
      "Diese Zahl ist hier nicht möglich. Welche ist es?"}},
    {"range.date",
     {"That day is not possible here. Which one is it?", "Esse dia não é possível aqui. Qual é?",
      "Ese día no es posible aquí. ¿Cuál es?", "Ce jour n’est pas possible ici. Lequel est-ce ?",
      "Dieser Tag ist hier nicht möglich. Welcher ist es?"}},
    {"which_one",
     {"Which one do you mean?", "Qual você quer dizer?", "¿Cuál quieres decir?",
      "Lequel voulez-vous dire ?", "Was davon meinst du?"}},
    {"back.none",
     {"There is nothing to go back to.", "Não há para onde voltar.", "No hay a dónde volver.",
      "Il n’y a rien avant cela.", "Weiter zurück geht es nicht."}},
    {"changed",
     {"Changed: {what} is now {value}.", "Alterado: {what} agora é {value}.",
      "Cambiado: {what} ahora es {value}.", "Modifié : {what} est maintenant {value}.",
      "Geändert: {what} ist jetzt {value}."}},
    {"change.what",
     {"What would you like to change? For example: change my e-mail",
      "O que você quer mudar? Por exemplo: mudar meu e-mail",
      "¿Qué quieres cambiar? Por ejemplo: cambiar mi correo",
      "Que voulez-vous changer ? Par exemple : changer mon e-mail",
      "Was möchtest du ändern? Zum Beispiel: ändere meine E-Mail"}},
    {"change.unknown",
     {"I have no such answer of yours.", "Não tenho essa resposta sua.",
      "No tengo esa respuesta tuya.", "Je n’ai pas cette réponse de vous.",
      "So eine Antwort habe ich von dir nicht."}},
    {"cancelled",
     {"All right, cancelled. Goodbye.", "Tudo bem, cancelado. Até logo.",
      "De acuerdo, cancelado. Hasta luego.", "D’accord, c’est annulé. Au revoir.",
      "In Ordnung, abgebrochen. Auf Wiedersehen."}},
    {"restarted",
     {"Let us start over.", "Vamos começar de novo.", "Empecemos de nuevo.", "Recommençons.",
      "Fangen wir noch einmal an."}},
    {"why",
     {"I need it for what comes next.", "Preciso disso para o que vem a seguir.",
      "Lo necesito para lo que sigue.", "J’en ai besoin pour la suite.",
      "Ich brauche es für das, was folgt."}},
    {"human.none",
     {"There is nobody I could hand you over to right now.",
      "No momento não há ninguém para quem eu possa passar você.",
      "Ahora mismo no hay nadie a quien pueda pasarte.",
      "Il n’y a personne à qui vous passer pour le moment.",
      "Gerade ist niemand da, an den ich dich übergeben könnte."}},
    {"reminder",
     {"Are you still there?", "Você ainda está aí?", "¿Sigues ahí?", "Êtes-vous toujours là ?",
      "Bist du noch da?"}},
    {"abandoned",
     {"I have not heard from you, so I am closing this chat. Come back any time.",
      "Como não tive resposta, vou encerrar a conversa. Volte quando quiser.",
      "Como no he tenido respuesta, cierro la conversación. Vuelve cuando quieras.",
      "Sans réponse de votre part, je ferme cette conversation. Revenez quand vous voulez.",
      "Da ich nichts mehr von dir höre, beende ich das Gespräch. Komm jederzeit wieder."}},
    {"yes", {"yes", "sim", "sí", "oui", "ja"}},
    {"no", {"no", "não", "no", "non", "nein"}},
};

}  // namespace

std::optional<std::string_view> stock_text(std::string_view key, std::string_view locale) {
  const auto* found = std::ranges::find(kStock, key, &Stock::key);
  if (found == std::end(kStock)) return std::nullopt;
  return found->texts[static_cast<size_t>(language_of(locale))];
}

const std::vector<std::string_view>& stock_keys() {
  static const std::vector<std::string_view> kKeys = [] {
    std::vector<std::string_view> keys;
    for (const Stock& stock : kStock) keys.push_back(stock.key);
    return keys;
  }();
  return kKeys;
}

}  // namespace millrace::ask
