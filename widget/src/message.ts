/** One message, with all that hangs below it: choices, sources, the question whether it helped. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Choice, Metadata, Source } from "./client";
import type { Conversation, Entry } from "./conversation";
import { warning } from "./icons";
import { markdown, phoneLink, webAddress, webLink } from "./markdown";
import type { Language } from "./memory";
import type { PanelStrings } from "./strings/en";

export interface Context {
  conversation: Conversation;
  language: Language;
  strings: PanelStrings;
}

const WITH_EMERGENCY_LINKS = new Set(["urgent", "decline", "error"]);

export function message(entry: Entry, context: Context): TemplateResult {
  return entry.from === "patient" ? fromPatient(entry, context) : fromAssistant(entry, context);
}

/** Who wrote something need not be told what; it is not announced. */
function fromPatient(entry: Entry, { conversation, language, strings }: Context): TemplateResult {
  return html`<div
    part="message patient"
    id=${entry.id}
    lang=${entry.language ?? nothing}
    aria-live="off"
  >
    <span class="unseen" lang=${language}>${strings.youSaid}</span>
    <div part="bubble">${entry.text}</div>
    ${entry.state === "refused" ? html`<p class="note" lang=${language}>${strings.refused}</p>` : nothing}
    ${entry.state === "not-sent"
      ? html`<p part="not-sent" class="note" lang=${language}>
          ${strings.notSent} <button @click=${() => conversation.retry()}>${strings.tryAgain}</button>
        </p>`
      : nothing}
  </div>`;
}

function fromAssistant(entry: Entry, context: Context): TemplateResult {
  const { language, strings } = context;
  const kind = entry.metadata?.kind ?? "chat";
  const style = { newTab: strings.newTab, emergency: WITH_EMERGENCY_LINKS.has(kind) };
  // An urgent message is announced by the panel's alert, and not a second time from here.
  return html`<div
    part="message assistant ${kind}"
    id=${entry.id}
    lang=${entry.language ?? nothing}
    aria-live=${kind === "urgent" ? "off" : nothing}
  >
    <span class="unseen" lang=${language}>${strings.assistantSaid}</span>
    <div part="bubble">${kind === "urgent" ? warning : nothing} ${markdown(entry.text, style)}</div>
    ${entry.buttons?.length ? choices(entry.buttons, context) : nothing}
    ${entry.metadata ? below(entry, entry.metadata, context) : nothing}
  </div>`;
}

function choices(offered: Choice[], { conversation }: Context): TemplateResult {
  return html`<div part="choices">
    ${offered.map((choice) =>
      choice.payload.startsWith("tel:")
        ? phoneLink(choice.title, choice.payload)
        : html`<button @click=${() => conversation.choose(choice)}>${choice.title}</button>`,
    )}
  </div>`;
}

function below(entry: Entry, metadata: Metadata, context: Context): TemplateResult | typeof nothing {
  if (metadata.kind !== "answer") return nothing;
  return html`<div class="below" aria-live="off" lang=${context.language}>
    ${origin(metadata, context)} ${feedback(entry, context)}
  </div>`;
}

function origin(metadata: Metadata, { language, strings }: Context): TemplateResult | typeof nothing {
  const { sources, reviewed_by: by, reviewed_on: on } = metadata;
  const review = by && on ? html`<p>${strings.reviewed(by, longDate(on, language))}</p>` : nothing;
  if (!sources?.length) return html`<div part="sources">${review}</div>`;
  return html`<details part="sources">
    <summary>${strings.sources} (${sources.length})</summary>
    <ul>
      ${sources.map((source) => html`<li>${cited(source, strings)}</li>`)}
    </ul>
    ${review}
  </details>`;
}

function cited({ title, publisher, year, url }: Source, { newTab }: PanelStrings): unknown {
  const address = webAddress(url);
  const where = [publisher, year].filter(Boolean).join(", ");
  return [address ? webLink(title, address, newTab) : title, where && `. ${where}.`];
}

function longDate(day: string, language: Language): string {
  return new Date(day).toLocaleDateString(`${language}-CA`, { dateStyle: "long", timeZone: "UTC" });
}

function feedback(entry: Entry, { conversation, strings }: Context): TemplateResult {
  const { rating } = entry;
  const button = (helpful: boolean, label: string) =>
    html`<button
     
      aria-pressed=${rating?.helpful === helpful}
      @click=${() => conversation.rate(entry, helpful)}
    >
      ${label}
    </button>`;
  return html`<div part="feedback">
    <div role="group" aria-label=${strings.helpful}>
      <span>${strings.helpful}</span> ${button(true, strings.yes)} ${button(false, strings.no)}
    </div>
    <p role="status">${outcome(entry, strings)}</p>
    ${rating && rating.state !== "commented" ? commentForm(entry, { conversation, strings }) : nothing}
  </div>`;
}

function outcome({ rating }: Entry, strings: PanelStrings): string {
  if (!rating || rating.state === "saving") return "";
  return rating.state === "failed" ? strings.failed : strings.thanks;
}

function commentForm(entry: Entry, { conversation, strings }: Omit<Context, "language">): TemplateResult {
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const comment = `${new FormData(event.target as HTMLFormElement).get("comment")}`.trim();
    if (comment && entry.rating) conversation.rate(entry, entry.rating.helpful, comment);
  };
  return html`<form @submit=${send}>
    <label>${strings.comment} <textarea name="comment" rows="2" maxlength="500"></textarea></label>
    <p>${strings.noDetails}</p>
    <button>${strings.send}</button>
  </form>`;
}
