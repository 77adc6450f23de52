#include "ask/aside_phrases.hpp"

#include "base/text.hpp"

namespace millrace::ask {
namespace {

// Of each language those of each command, with a bar between each two.
constexpr std::string_view kPhrases[kLanguageCount][kCommandCount] = {
    {"back|go back|previous|previous question|undo|one step back",
     "actually my {what} is {value}|no my {what} is {value}|sorry my {what} is {value}|"
     "i meant my {what} is {value}|change my {what} to {value}|"
     "please change my {what} to {value}|change my {what}|i want to change my {what}|"
     "i would like to change my {what}|correct my {what}|my {what} is wrong|"
     "change the {what} to {value}|change the {what}|change an answer|change something|"
     "change my answer|edit my {what}|update my {what}|fix my {what}|edit my {what} to {value}|"
     "update my {what} to {value}|i made a mistake in my {what}|"
     "there is a mistake in my {what}|i got my {what} wrong|no wait my {what} is {value}|"
     "wait my {what} is {value}|my {what} is actually {value}|my {what} should be {value}|"
     "i need to change my {what}|can i change my {what}|"
     "i want to correct my {what}",
     "cancel|stop|quit|exit|forget it|never mind|nevermind",
     "start over|restart|start again|begin again|from the beginning",
     "why|why do you ask|why do you need that|why do you need this|why do you need to know|"
     "what for|why do you want to know|why do you want that|what do you need that for|"
     "what do you need it for",
     "agent|human|a person|talk to a person|talk to a human|talk to an agent|"
     "speak to a person|speak to a human|speak to an agent|speak with an agent|"
     "i want to talk to a person|i want to talk to a human|i want to speak to a person|"
     "i want to speak to someone|representative|real person|customer service|"
     "can i speak to someone|can i talk to someone|can i talk to a human|"
     "can i speak to a human|can i talk to a person|let me talk to a human|talk to someone|"
     "speak to someone|i need a human|i want to talk to someone|i d like to talk to a human|"
     "i d like to speak to someone|live agent|a human|an agent"},
    {"voltar|volta|anterior|pergunta anterior|desfazer",
     "na verdade meu {what} é {value}|na verdade minha {what} é {value}|"
     "na verdade o meu {what} é {value}|na verdade a minha {what} é {value}|"
     "não meu {what} é {value}|desculpe meu {what} é {value}|mudar meu {what} para {value}|"
     "mudar minha {what} para {value}|alterar meu {what} para {value}|"
     "alterar minha {what} para {value}|mudar meu {what}|mudar minha {what}|mudar o {what}|"
     "mudar a {what}|alterar meu {what}|alterar minha {what}|corrigir meu {what}|"
     "corrigir minha {what}|quero mudar meu {what}|quero mudar minha {what}|"
     "meu {what} está errado|corrigir o {what}|corrigir a {what}|alterar o {what}|"
     "alterar a {what}|quero alterar meu {what}|quero alterar minha {what}|"
     "quero corrigir meu {what}|quero corrigir minha {what}|quero mudar o meu {what}|"
     "quero mudar a minha {what}|mudar o meu {what}|mudar a minha {what}|"
     "espera meu {what} é {value}|errei meu {what}|errei o meu {what}|errei minha {what}|"
     "preciso mudar meu {what}|preciso mudar minha {what}|gostaria de mudar meu {what}|"
     "meu {what} na verdade é {value}|minha {what} na verdade é {value}|"
     "minha {what} está errada|mudar uma resposta|alterar uma resposta",
     "cancelar|cancela|parar|sair|desistir|deixa pra lá",
     "recomeçar|começar de novo|reiniciar|do começo|do início",
     "por que|por quê|por que você pergunta|por que você precisa disso|para quê|"
     "por que precisa disso|por que você quer saber|por que quer saber|"
     "para que você precisa disso|porque precisa disso|porquê|por que perguntas",
     "atendente|humano|pessoa|falar com uma pessoa|falar com um atendente|falar com atendente|"
     "falar com alguém|quero falar com uma pessoa|quero falar com um atendente|"
     "quero falar com alguém|atendimento humano|posso falar com alguém|"
     "posso falar com uma pessoa|quero falar com um humano|falar com um humano|"
     "quero um atendente|preciso de um atendente|quero falar com um operador|"
     "falar com um operador|queria falar com uma pessoa"},
    {"volver|atrás|anterior|pregunta anterior|regresar|deshacer",
     "en realidad mi {what} es {value}|no mi {what} es {value}|perdón mi {what} es {value}|"
     "cambiar mi {what} a {value}|cambiar mi {what} por {value}|cambia mi {what} a {value}|"
     "cambiar mi {what}|cambiar el {what}|cambiar la {what}|quiero cambiar mi {what}|"
     "corregir mi {what}|mi {what} está mal|quiero corregir mi {what}|"
     "quiero modificar mi {what}|modificar mi {what}|corregir el {what}|corregir la {what}|"
     "espera mi {what} es {value}|me equivoqué en mi {what}|me equivoqué con mi {what}|"
     "necesito cambiar mi {what}|quisiera cambiar mi {what}|mi {what} en realidad es {value}|"
     "mi {what} es incorrecto|mi {what} es incorrecta|cambiar una respuesta",
     "cancelar|cancela|parar|salir|olvídalo|déjalo",
     "empezar de nuevo|reiniciar|comenzar de nuevo|desde el principio",
     "por qué|por que|por qué preguntas|por qué lo pregunta|para qué|por qué necesitas eso|"
     "por qué lo necesitas|por qué lo preguntas|por qué lo necesita|por qué quieres saberlo|"
     "para qué lo necesitas|para qué lo necesita",
     "agente|humano|persona|hablar con una persona|hablar con un agente|hablar con alguien|"
     "quiero hablar con una persona|quiero hablar con un agente|quiero hablar con alguien|"
     "puedo hablar con alguien|puedo hablar con una persona|quiero un agente|"
     "necesito un agente|hablar con un humano|quiero hablar con un humano|"
     "una persona|hablar con un asesor|quiero hablar con un asesor|"
     "me gustaría hablar con alguien"},
    {"retour|précédent|question précédente|revenir|revenir en arrière|annuler la réponse",
     "en fait mon {what} est {value}|en fait ma {what} est {value}|"
     "en fait mon {what} c est {value}|non mon {what} est {value}|"
     "pardon mon {what} est {value}|changer mon {what} en {value}|changer ma {what} en {value}|"
     "changer mon {what}|changer ma {what}|changer le {what}|changer la {what}|"
     "modifier mon {what}|modifier ma {what}|corriger mon {what}|corriger ma {what}|"
     "je veux changer mon {what}|je veux changer ma {what}|je voudrais changer mon {what}|"
     "mon {what} est faux|ma {what} est fausse|je veux modifier mon {what}|"
     "je veux modifier ma {what}|je veux corriger mon {what}|je veux corriger ma {what}|"
     "je voudrais changer ma {what}|je voudrais modifier mon {what}|"
     "je voudrais modifier ma {what}|attendez mon {what} est {value}|"
     "attends mon {what} est {value}|je me suis trompé dans mon {what}|"
     "je me suis trompé de {what}|je me suis trompée de {what}|modifier le {what}|"
     "modifier la {what}|corriger le {what}|corriger la {what}|mon {what} est en fait {value}|"
     "changer une réponse",
     "annuler|arrêter|stop|quitter|laisse tomber|laissez tomber",
     "recommencer|redémarrer|depuis le début|reprendre du début",
     "pourquoi|pourquoi cette question|pourquoi demandez vous cela|pourquoi demandez-vous cela|"
     "pour quoi faire|pourquoi tu demandes|pourquoi vous demandez ça|"
     "pourquoi avez vous besoin de ça|pourquoi en avez vous besoin|"
     "pourquoi en avez-vous besoin|pourquoi tu veux savoir|pourquoi voulez vous le savoir|"
     "pourquoi voulez-vous le savoir",
     "agent|humain|une personne|conseiller|parler à une personne|parler à un humain|"
     "parler à un agent|parler à un conseiller|parler à quelqu un|"
     "je veux parler à une personne|je voudrais parler à quelqu un|je veux parler à quelqu un|"
     "puis je parler à quelqu un|puis-je parler à quelqu un|"
     "est ce que je peux parler à quelqu un|est-ce que je peux parler à quelqu un|"
     "je veux parler à un humain|je veux parler à un conseiller|"
     "je voudrais parler à un conseiller|je voudrais parler à un humain|"
     "je voudrais parler à une personne|un conseiller|un humain"},
    {"zurück|zurueck|vorherige frage|einen schritt zurück|rückgängig",
     "eigentlich ist meine {what} {value}|eigentlich ist mein {what} {value}|"
     "nein meine {what} ist {value}|nein mein {what} ist {value}|"
     "entschuldigung meine {what} ist {value}|ändere meine {what} in {value}|"
     "ändere meinen {what} in {value}|ändere mein {what} in {value}|ändere meine {what}|"
     "ändere meinen {what}|ändere mein {what}|meine {what} ändern|meinen {what} ändern|"
     "mein {what} ändern|ich möchte meine {what} ändern|ich möchte meinen {what} ändern|"
     "meine {what} ist falsch|mein {what} ist falsch|ich will meine {what} ändern|"
     "ich will meinen {what} ändern|ich will mein {what} ändern|ich möchte mein {what} ändern|"
     "mein {what} ist eigentlich {value}|meine {what} ist eigentlich {value}|"
     "moment mein {what} ist {value}|moment meine {what} ist {value}|meine {what} korrigieren|"
     "meinen {what} korrigieren|ich muss meine {what} ändern|ich muss meinen {what} ändern|"
     "die {what} ändern|den {what} ändern|das {what} ändern|korrigiere meine {what}|"
     "korrigiere meinen {what}|ich habe mich bei meinem {what} vertippt|"
     "ich habe mich bei meiner {what} vertippt|eine antwort ändern",
     "abbrechen|abbruch|stopp|stop|aufhören|vergiss es|vergessen sie es",
     "von vorn|von vorne|neu anfangen|neustart|nochmal von vorn",
     "warum|wieso|warum fragst du|warum fragen sie|wofür|wozu|warum wollt ihr das wissen|"
     "warum wollen sie das wissen|warum willst du das wissen|wozu brauchst du das|"
     "wozu brauchen sie das|wofür braucht ihr das|warum brauchst du das|warum brauchen sie das",
     "mensch|mitarbeiter|mit einem menschen sprechen|mit einem mitarbeiter sprechen|"
     "mit jemandem sprechen|ich möchte mit einem menschen sprechen|"
     "ich möchte mit jemandem sprechen|ich möchte mit einem mitarbeiter sprechen|"
     "ich will mit einem menschen sprechen|ich will mit einem mitarbeiter sprechen|"
     "ich will mit jemandem sprechen|kann ich mit jemandem sprechen|"
     "kann ich mit einem menschen sprechen|kann ich mit einem mitarbeiter sprechen|"
     "einen mitarbeiter|einen menschen|ich brauche einen menschen"}};

}  // namespace

const std::array<Phrases, kCommandCount>& phrases_of(Language language) {
  static const auto kSplit = [] {
    std::array<std::array<Phrases, kCommandCount>, kLanguageCount> all;
    for (size_t of = 0; of < kLanguageCount; ++of) {
      for (size_t i = 0; i < kCommandCount; ++i) all[of][i] = base::split(kPhrases[of][i], '|');
    }
    return all;
  }();
  return kSplit[static_cast<size_t>(language)];
}

}  // namespace millrace::ask
