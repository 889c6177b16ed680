/** Every word of the interface in French, as spoken in Québec; the same keys as in English. */
import type { LauncherStrings, PanelStrings } from "./en";

export const launcher: LauncherStrings = {
  label: "Poser une question",
  down: "L’assistant est injoignable pour le moment. Vous pouvez joindre la clinique\u00a0:",
};

export const panel: PanelStrings = {
  assistant: "Assistant automatisé",
  close: "Fermer",
  options: "Autres options",
  startAgain: "Recommencer",
  copy: "Copier la conversation",
  copied: "La conversation est copiée.",
  print: "Imprimer la conversation",
  switchTo: "English",
  conversation: "Conversation",
  youSaid: "Vous avez dit\u00a0:",
  assistantSaid: "L’assistant a dit\u00a0:",

  welcome: "Bonjour! Que voulez-vous savoir?",
  automated: "Je suis un assistant automatisé. Je donne de l’information générale, pas un avis médical.",
  noDetails: "Évitez de donner des détails personnels sur votre santé.",
  kept: (days) =>
    `La clinique garde cette conversation pendant ${days} ${days < 2 ? "jour" : "jours"}. Son personnel peut la lire pour améliorer les réponses.`,
  officer: "Responsable de la protection des renseignements personnels\u00a0:",
  privacyPage: "Votre vie privée à la clinique",
  whatCanIAsk: "Que puis-je demander?",
  emergency: "En cas d’urgence, appelez le",

  question: "Votre question",
  placeholder: "Écrivez votre question…",
  send: "Envoyer",
  left: "Caractères restants\u00a0:",
  slow: "C’est plus long que d’habitude. Merci de patienter.",
  offline: "Vous semblez être hors ligne. Vérifiez votre connexion.",
  notSent: "Non envoyé.",
  tryAgain: "Réessayer",
  refused: "Ce message n’a pas pu être lu. Écrivez-le autrement.",
  down: "L’assistant est injoignable pour le moment. Vous pouvez réessayer ou joindre la clinique.",

  sources: "Sources",
  reviewed: (by, on) => `Révisé par ${by} le ${on}.`,
  newTab: "s’ouvre dans un nouvel onglet",
  helpful: "Est-ce que cela vous a aidé?",
  yes: "Oui",
  no: "Non",
  comment: "Voulez-vous en dire plus? (facultatif)",
  thanks: "Merci, cela nous aide.",
  failed: "Cela n’a pas fonctionné. Réessayez.",
};
