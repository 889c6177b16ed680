/** The conversation on the clipboard and on paper. */
import { html, render } from "lit/html.js";
import type { Entry } from "./conversation";
import { plain, webAddress } from "./markdown";
import type { PanelStrings } from "./strings/en";

export function asText(title: string, entries: Entry[], strings: PanelStrings): string {
  return [title, ...entries.map((entry) => `${speaker(entry, strings)}\n${said(entry)}`)].join("\n\n");
}

/** Puts the conversation alone on the page that is about to be printed; returns what takes it away again. */
export function layOut(title: string, entries: Entry[], strings: PanelStrings): () => void {
  const paper = document.createElement("askmeso-printout");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "askmeso-printout{white-space:pre-wrap}@media print{body>:not(askmeso-printout){display:none!important}}",
  );
  document.adoptedStyleSheets.push(sheet);
  document.body.append(paper);
  const spoken = entries.map((entry) => html`<p><b>${speaker(entry, strings)}</b><br />${said(entry)}</p>`);
  render(html`<h1>${title}</h1>${spoken}`, paper.attachShadow({ mode: "open" }));
  return () => {
    paper.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

function speaker({ from }: Entry, strings: PanelStrings): string {
  return from === "patient" ? strings.youSaid : strings.assistantSaid;
}

function said({ text, metadata }: Entry): string {
  const sources = (metadata?.sources ?? []).map(({ title, publisher, year, url }) =>
    [title, publisher, year, webAddress(url)?.href].filter(Boolean).join(", "),
  );
  return [plain(text), ...sources].join("\n");
}
