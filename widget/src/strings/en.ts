/** Every word of the interface in English; what is said about mesotherapy comes from the server. */

export const launcher = {
  label: "Ask a question",
  down: "The assistant cannot be reached right now. You can contact the clinic:",
};

export const panel = {
  assistant: "Automated assistant",
  close: "Close",
  options: "More options",
  startAgain: "Start again",
  copy: "Copy the conversation",
  copied: "The conversation is copied.",
  print: "Print the conversation",
  switchTo: "Français",
  conversation: "Conversation",
  youSaid: "You said:",
  assistantSaid: "The assistant said:",

  welcome: "Hello! What would you like to know?",
  automated: "I am an automated assistant. I share general information, not medical advice.",
  noDetails: "Please leave out personal details about your health.",
  kept: (days: number) =>
    `The clinic keeps this conversation for ${days} ${days === 1 ? "day" : "days"}. Its staff may read it to improve the answers.`,
  officer: "Privacy officer:",
  privacyPage: "Your privacy at the clinic",
  whatCanIAsk: "What can I ask?",
  emergency: "In an emergency, call",

  question: "Your question",
  placeholder: "Write your question…",
  send: "Send",
  left: "Characters left:",
  slow: "This is taking longer than usual. Thank you for waiting.",
  offline: "You seem to be offline. Check your connection.",
  notSent: "Not sent.",
  tryAgain: "Try again",
  refused: "This message could not be read. Write it another way.",
  down: "The assistant cannot be reached right now. You can try again, or contact the clinic.",

  sources: "Sources",
  reviewed: (by: string, on: string) => `Reviewed by ${by} on ${on}.`,
  newTab: "opens in a new tab",
  helpful: "Was this helpful?",
  yes: "Yes",
  no: "No",
  comment: "Would you like to say more? (optional)",
  thanks: "Thank you, that helps us.",
  failed: "That did not work. Try again.",
};

export type LauncherStrings = typeof launcher;
export type PanelStrings = typeof panel;
