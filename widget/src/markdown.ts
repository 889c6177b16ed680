/**
 * The little Markdown that answers use: paragraphs, line breaks, lists, **bold**, *italic* and [links](https://…).
 *
 * It becomes Lit templates, never HTML: whatever else a text holds is shown as it is.
 */
import { html, nothing, type TemplateResult } from "lit/html.js";

export interface Style {
  /** What a screen reader says of a link that opens elsewhere. */
  newTab: string;
  /** Whether 911, 811 and 988 are links. */
  emergency?: boolean;
}

type Piece = TemplateResult | string;

const BULLET = /^\s*[-*•]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;
/** In this order: bold, italic, the words and the target of a link, a bare address, a phone number, an emergency number. */
const INLINE =
  /\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^\s)]+)\)|(https?:\/\/[^\s<>]*[^\s<>.,;:!?)])|((?<![\d-])\d{3}[ -]\d{3}-\d{4}(?![\d-]))|((?<!\d)(?:911|811|988)(?!\d))/g;

export function markdown(text: string, style: Style): TemplateResult[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim())
    .flatMap((block) => runs(block.trim().split("\n")).map((lines) => paragraph(lines, style)));
}

/** The text without its marks, for announcing and copying. */
export function plain(text: string): string {
  return text.replace(INLINE, (all, bold, italic, words, target) =>
    words ? `${words} (${target})` : (bold ?? italic ?? all),
  );
}

/** An address a patient may follow: http and https only. */
export function webAddress(address: string | null | undefined): URL | undefined {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** A link that says where it leads. */
export function webLink(words: string, url: URL, newTab: string): TemplateResult {
  const host = url.hostname.replace(/^www\./, "");
  const where = words.includes(host) ? nothing : html` <span class="host">(${host})</span>`;
  return html`<a href=${url.href} target="_blank" rel="noopener noreferrer"
    >${words}${where}<span class="unseen"> ${newTab}</span></a
  >`;
}

export function phoneLink(words: string, number = words): TemplateResult {
  return html`<a href="tel:${number.replace(/[^\d+]/g, "")}">${words}</a>`;
}

/** Neighbouring lines of one sort: a list, or a paragraph. */
function runs(lines: string[]): string[][] {
  const grouped: string[][] = [];
  for (const line of lines) {
    const before = grouped.at(-1);
    if (before && sort(before[0] ?? "") === sort(line)) before.push(line);
    else grouped.push([line]);
  }
  return grouped;
}

function sort(line: string): RegExp | undefined {
  return [BULLET, NUMBER].find((mark) => mark.test(line));
}

function paragraph(lines: string[], style: Style): TemplateResult {
  const mark = sort(lines[0] ?? "");
  if (!mark) return html`<p>${lines.map((line, at) => [at ? html`<br />` : nothing, inline(line, style)])}</p>`;
  const items = lines.map((line) => html`<li>${inline(line.replace(mark, ""), style)}</li>`);
  return mark === BULLET ? html`<ul>${items}</ul>` : html`<ol>${items}</ol>`;
}

function inline(text: string, style: Style): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    pieces.push(text.slice(end, match.index), piece(match, style));
    end = match.index + match[0].length;
  }
  return [...pieces, text.slice(end)];
}

function piece([all, bold, italic, words, target, bare, phone, emergency]: RegExpMatchArray, style: Style): Piece {
  const url = webAddress(target ?? bare);
  if (bold) return html`<strong>${inline(bold, style)}</strong>`;
  if (italic) return html`<em>${inline(italic, style)}</em>`;
  if (url) return webLink(words ?? all, url, style.newTab);
  return phone || (emergency && style.emergency) ? phoneLink(all) : all;
}
