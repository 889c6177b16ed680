/** The launcher: the only file a page loads before a patient opens the chat. It stays small and has no dependency. */
import css from "./askmeso.css?inline";
import { type Language, recall, remember } from "./memory";
import type { AskMesoPanel } from "./panel";
import { launcher as en } from "./strings/en";
import { launcher as fr } from "./strings/fr";

const STRINGS = { en, fr };
const HERE = import.meta.url;
const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M4 5h16v11H10l-4 4v-4H4z";
const CROSS = "M6 6l12 12M18 6L6 18";
/** When the panel fills the window, as in the style sheets. */
const FILLING = "(max-width: 30em), (max-height: 30em)";

const styles = new CSSStyleSheet();
styles.replaceSync(css);

/**
 * A button that opens the clinic's assistant on any page.
 *
 *     <askmeso-chat server="https://chat.clinic.example/webhooks/website" language="fr" clinic="Clinique Demi-Lune">
 *       <a href="tel:+14185550142">418 555-0142</a>
 *     </askmeso-chat>
 *
 * @attr server - The base address of the website channel.
 * @attr language - "en" or "fr"; otherwise the language of the page, otherwise French.
 * @attr clinic - The name in the header; otherwise the name the server gives.
 * @attr accent - A CSS colour; the text on it is black or white, whichever is easier to read.
 * @attr open - Whether the panel is open. Reflected: set it to open, remove it to close.
 *
 * @slot - How to reach the clinic without the assistant. Shown without JavaScript and when the server is down.
 *
 * @event askmeso-open - The panel opens. Bubbles.
 * @event askmeso-close - The panel closes. Bubbles.
 *
 * @csspart launcher - The button on the page.
 * @csspart label - The words on the button.
 * @csspart fallback - The box with the slot, when even the panel cannot be loaded.
 * @csspart panel - The dialog.
 * @csspart header - Its header: the clinic's name and the controls.
 * @csspart language - The button that switches the language.
 * @csspart menu - What unfolds to start again, copy or print.
 * @csspart close - The button that closes the panel.
 * @csspart conversation - The log: the notice and the messages.
 * @csspart notice - What a patient should know before the first message.
 * @csspart message - One message; also `patient` or `assistant`, and the kind of an assistant's message, such as `urgent`.
 * @csspart bubble - The box around a message's text.
 * @csspart choices - The buttons below a message.
 * @csspart sources - Where an answer comes from.
 * @csspart feedback - The question whether an answer was helpful.
 * @csspart typing - The sign that an answer is on its way.
 * @csspart not-sent - What is said below a message that was not sent.
 * @csspart down - The box with the slot, when the server cannot be reached.
 * @csspart footer - The bar at the bottom.
 * @csspart status - The line about the connection.
 * @csspart composer - The form in it; `question` is its text box, `send` its button, `counter` what is left.
 * @csspart emergency - The line with the emergency number.
 *
 * @cssprop --askmeso-accent - The colour of the launcher, the header and the patient's messages.
 * @cssprop --askmeso-font - The font family.
 * @cssprop --askmeso-radius - The radius of the panel's corners.
 * @cssprop --askmeso-width - The width of the panel.
 * @cssprop --askmeso-height - The height of the panel, where the window is high enough.
 * @cssprop --askmeso-block-end - The distance to the lower edge of the window.
 * @cssprop --askmeso-inline-end - The distance to the edge at the end of the line, the right one.
 * @cssprop --askmeso-z-index - The layer of the widget.
 */
export class AskMesoChat extends HTMLElement {
  static readonly observedAttributes = ["server", "language", "clinic", "accent", "open"];

  #frame = element("div", "frame");
  #button = element("button", "launcher");
  #label = element("span", "label");
  #fallback = element("div", "fallback");
  #apology = element("p");
  #panel?: AskMesoPanel;
  #loading?: Promise<AskMesoPanel>;
  #failures = 0;
  #ready = false;
  #drawing = document.createElementNS(SVG, "path");

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles];
    this.#button.type = "button";
    this.#button.ariaHasPopup = "dialog";
    this.#button.append(icon(this.#drawing), this.#label);
    this.#button.addEventListener("click", () => (this.open = !this.open));
    this.addEventListener("keydown", (event) => this.#escape(event));
    this.#fallback.role = "alert";
    this.#frame.append(this.#button, this.#fallback);
    root.append(this.#frame);
  }

  get server(): string {
    return (this.getAttribute("server") ?? "").replace(/\/+$/, "");
  }

  get language(): Language {
    const asked = [this.getAttribute("language"), this.closest<HTMLElement>("[lang]")?.lang.slice(0, 2).toLowerCase()];
    return asked.find((language): language is Language => language === "en" || language === "fr") ?? "fr";
  }

  get open(): boolean {
    return this.hasAttribute("open");
  }

  set open(open: boolean) {
    this.toggleAttribute("open", open);
  }

  connectedCallback(): void {
    const { open, language } = recall(this.server);
    if (language) this.setAttribute("language", language);
    // What the patient did on the page before counts more than what the page asks for.
    if (open !== undefined) this.open = open;
    this.#dress();
    this.#toggle();
    this.#ready = true;
    document.addEventListener("focusin", this.#uncover);
  }

  disconnectedCallback(): void {
    this.#ready = false;
    document.removeEventListener("focusin", this.#uncover);
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#ready) return;
    if (name !== "open") this.#dress();
    else if ((before === null) !== (after === null)) this.#turn();
  }

  /** The patient or the page opens or closes it: unlike on a new page, focus follows. */
  #turn(): void {
    const within = this.shadowRoot?.activeElement;
    remember(this.server, { open: this.open });
    this.dispatchEvent(new Event(this.open ? "askmeso-open" : "askmeso-close", { bubbles: true, composed: true }));
    this.#toggle(true);
    if (!this.open && within) this.#button.focus();
  }

  #escape({ key, isComposing }: KeyboardEvent): void {
    if (key === "Escape" && !isComposing) this.open = false;
  }

  /** What has the focus must not be hidden behind a panel that fills the window. */
  #uncover = ({ target }: FocusEvent): void => {
    if (this.open && !this.contains(target as Node) && matchMedia(FILLING).matches) this.open = false;
  };

  async #toggle(focus = false): Promise<void> {
    const { open } = this;
    this.#button.ariaExpanded = `${open}`;
    this.#drawing.setAttribute("d", open ? CROSS : BUBBLE);
    this.#fallback.replaceChildren();
    if (this.#panel) this.#panel.hidden = !open;
    if (open) await this.#show(focus);
  }

  async #show(focus: boolean): Promise<void> {
    try {
      const panel = await (this.#loading ??= this.#load());
      panel.hidden = !this.open;
      if (this.open && focus) panel.focus();
    } catch {
      this.#loading = undefined;
      this.#failures += 1;
      if (this.open) this.#fallback.replaceChildren(this.#apology, element("slot"));
    }
  }

  async #load(): Promise<AskMesoPanel> {
    const address = new URL("panel.js", HERE);
    // A browser may remember for the life of a page that an address could not be loaded.
    if (this.#failures) address.search = `${this.#failures}`;
    await import(/* @vite-ignore */ address.href);
    const panel = element("askmeso-panel");
    panel.append(element("slot"));
    panel.addEventListener("dismiss", () => (this.open = false));
    panel.addEventListener("switch", () => this.#switch());
    this.#frame.append(panel);
    this.#panel = panel;
    this.#dress();
    return panel;
  }

  #switch(): void {
    const language = this.language === "en" ? "fr" : "en";
    remember(this.server, { language });
    this.setAttribute("language", language);
  }

  #dress(): void {
    const { server, language } = this;
    const strings = STRINGS[language];
    this.#frame.lang = language;
    this.#label.textContent = strings.label;
    this.#apology.textContent = strings.down;
    const accent = this.getAttribute("accent") ?? "";
    this.#frame.style.setProperty("--askmeso-accent", CSS.supports("color", accent) ? accent : "");
    this.#panel?.dress(server, language, this.getAttribute("clinic") ?? "");
  }
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, part = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (part) made.setAttribute("part", part);
  return made;
}

function icon(drawing: SVGPathElement): SVGSVGElement {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.ariaHidden = "true";
  made.append(drawing);
  return made;
}

declare global {
  interface HTMLElementTagNameMap {
    "askmeso-chat": AskMesoChat;
    "askmeso-panel": AskMesoPanel;
  }
}

if (!customElements.get("askmeso-chat")) customElements.define("askmeso-chat", AskMesoChat);
