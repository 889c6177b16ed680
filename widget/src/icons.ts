/** The few drawings, as outlines on a field of 24 by 24. */
import { html, type TemplateResult } from "lit/html.js";

const icon = (path: string): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;

export const cross = icon("M6 6l12 12M18 6L6 18");
export const dots = icon("M5 12h.01M12 12h.01M19 12h.01");
export const arrow = icon("M12 19V5M6 11l6-6 6 6");
export const warning = icon("M12 4l9 16H3zM12 10v4M12 17h.01");
