/** The conversation on paper and on the clipboard. */
import { html, render } from "lit";
import type { Entry } from "./conversation";
import { markdown, plain, webAddress } from "./markdown";
import type { PanelStrings } from "./strings/en";

export function asText(title: string, entries: Entry[], strings: PanelStrings): string {
  return [title, ...entries.map((entry) => [speaker(entry, strings), plain(entry.text), ...sources(entry)].join("\n"))].join(
    "\n\n",
  );
}

/** Puts the conversation alone on the page that is about to be printed; returns what takes it away again. */
export function layOut(title: string, entries: Entry[], strings: PanelStrings): () => void {
  const paper = document.createElement("askmeso-printout");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `askmeso-printout{display:none}@media print{body>*{display:none!important}body>askmeso-printout{display:block!important}}`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.append(paper);
  render(
    html`<h1>${title}</h1>
      ${entries.map(
        (entry) =>
          html`<h2>${speaker(entry, strings)}</h2>
            ${markdown(entry.text, { newTab: "" })} ${sources(entry).map((source) => html`<p>${source}</p>`)}`,
      )}`,
    paper.attachShadow({ mode: "open" }),
  );
  return () => {
    paper.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

function speaker({ from }: Entry, strings: PanelStrings): string {
  return from === "patient" ? strings.youSaid : strings.assistantSaid;
}

function sources({ metadata }: Entry): string[] {
  return (metadata?.sources ?? []).map(({ title, publisher, year, url }) =>
    [title, publisher, year, webAddress(url)?.href].filter(Boolean).join(", "),
  );
}
