/**
 * The panel: loaded when the patient opens the chat. Draws a conversation, and announces what is new in it.
 *
 * It draws with Lit's templates; Lit's element class would be 2 kB more than the few lines it would save.
 */
import { html, nothing, render, type TemplateResult } from "lit/html.js";
import { type Audience, Conversation, type Entry } from "./conversation";
import { arrow, cross, dots } from "./icons";
import { phoneLink, plain, webAddress, webLink } from "./markdown";
import type { Language } from "./memory";
import { message } from "./message";
import css from "./panel.css?inline";
import { type PanelStrings, panel as en } from "./strings/en";
import { panel as fr } from "./strings/fr";
import { asText, layOut } from "./transcript";

const STRINGS = { en, fr };
const LONGEST = 2_000;
const COUNTED_FROM = 1_800;
const SLOW = 6_000;
/** How long an urgent message stays in the alert: long enough to be read out. */
const ALERT = 20_000;
/** Screen readers look at the page now and then: what was restored is old by that time. */
const SETTLED = 1_000;

const styles = new CSSStyleSheet();
styles.replaceSync(css);

/** Private to the launcher, which documents its parts and properties. */
export class AskMesoPanel extends HTMLElement implements Audience {
  #root = this.attachShadow({ mode: "open" });
  #conversation!: Conversation;
  #server?: string;
  #language: Language = "fr";
  #name = "";

  /** Nothing is announced while a conversation is restored. */
  #quiet = false;
  #slow = false;
  #confirmation = "";
  #alarm = "";
  #length = 0;

  #drawn?: Promise<void>;
  #slowTimer = 0;
  #alarmTimer = 0;
  #clearPaper?: () => void;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styles];
  }

  connectedCallback(): void {
    this.#listen("addEventListener");
    this.#fit();
  }

  disconnectedCallback(): void {
    this.#listen("removeEventListener");
  }

  dress(server: string, language: Language, name: string): void {
    const elsewhere = server !== this.#server;
    this.#server = server;
    this.#language = language;
    this.#name = name;
    if (elsewhere) this.#start(server);
    else this.#conversation.speak(language);
    this.#draw();
  }

  override async focus(): Promise<void> {
    await this.#drawn;
    this.#question.focus();
    if (this.#conversation.entries.length) this.#scroll();
  }

  changed(): void {
    clearTimeout(this.#slowTimer);
    this.#slow = false;
    if (this.#conversation.waiting) {
      this.#slowTimer = this.#after(SLOW, () => (this.#slow = true));
      // Emptied, so that the same words are spoken when they are said again.
      this.#alarm = "";
    }
    this.#draw();
  }

  async heard(replies: Entry[]): Promise<void> {
    const urgent = replies.filter(({ metadata }) => metadata?.kind === "urgent");
    if (urgent.length) this.#alert(urgent.map(({ text }) => plain(text)).join("\n"));
    await this.#drawn;
    this.#scroll(this.#root.getElementById(replies[0]?.id ?? "")?.offsetTop);
  }

  get #strings(): PanelStrings {
    return STRINGS[this.#language];
  }

  get #title(): string {
    return this.#name || this.#conversation.clinic?.name || this.#strings.assistant;
  }

  get #question(): HTMLTextAreaElement {
    return this.#root.querySelector("[part=question]")!;
  }

  get #log(): HTMLElement {
    return this.#root.querySelector("[part=conversation]")!;
  }

  get #menu(): HTMLDetailsElement {
    return this.#root.querySelector("[part=menu]")!;
  }

  /** Once for all the changes of a moment. */
  #draw(): void {
    this.#drawn ??= Promise.resolve().then(() => {
      this.#drawn = undefined;
      const focused = this.#root.activeElement;
      render(this.#view(), this.#root, { host: this });
      // Every part is the site owner's to style, through the launcher's shadow root as well.
      const parts = [...this.#root.querySelectorAll("[part]")].flatMap(({ part }) => [...part]);
      this.setAttribute("exportparts", `${[...new Set(parts)]}`);
      // A button that did its work and went must not take the focus with it.
      if (focused && !focused.isConnected) this.#log.focus();
    });
  }

  /** A change that time brings; returns the timer. */
  #after(wait: number, change: () => void): number {
    return setTimeout(() => {
      change();
      this.#draw();
    }, wait);
  }

  #view(): TemplateResult {
    const conversation = this.#conversation;
    const strings = this.#strings;
    const language = this.#language;
    const live = this.#quiet ? "off" : "polite";
    return html`<div part="panel" role="dialog" aria-labelledby="title" lang=${language} @keydown=${this.#keydown}>
      ${this.#header()}
      <div part="conversation" role="log" aria-live=${live} aria-label=${strings.conversation} tabindex="0">
        ${this.#welcome()} ${conversation.entries.map((entry) => message(entry, { conversation, language, strings }))}
        ${conversation.waiting || conversation.state === "opening"
          ? html`<div part="typing" aria-hidden="true"><i></i><i></i><i></i></div>`
          : nothing}
        ${conversation.state === "down" ? this.#down() : nothing}
      </div>
      <div part="alert" role="alert" class="unseen">${this.#alarm}</div>
      ${this.#composer()}
    </div>`;
  }

  #header(): TemplateResult {
    const strings = this.#strings;
    const other = this.#language === "en" ? "fr" : "en";
    return html`<div part="header">
      <div>
        <h2 id="title">${this.#title}</h2>
        <p>${strings.assistant}</p>
      </div>
      <button part="language" lang=${other} @click=${this.#switch}>
        ${other.toUpperCase()}<span class="unseen"> ${strings.switchTo}</span>
      </button>
      <details part="menu" @focusout=${closeBehind}>
        <summary aria-label=${strings.options}>${dots}</summary>
        <div>
          ${this.#action(strings.startAgain, () => this.#startAgain())}
          ${this.#action(strings.copy, () => this.#copy())} ${this.#action(strings.print, () => window.print())}
        </div>
      </details>
      <button part="close" aria-label=${strings.close} @click=${this.#dismiss}>
        ${cross}
      </button>
    </div>`;
  }

  #action(label: string, act: () => void): TemplateResult {
    const choose = () => {
      this.#closeMenu();
      act();
    };
    const { entries } = this.#conversation;
    return html`<button ?disabled=${!entries.length} @click=${choose}>${label}</button>`;
  }

  #welcome(): TemplateResult | typeof nothing {
    const strings = this.#strings;
    const { clinic, entries } = this.#conversation;
    if (!clinic) return nothing;
    const privacyPage = webAddress(clinic.privacy_url);
    return html`<section part="notice">
        <p>${strings.automated}</p>
        <p>${strings.noDetails}</p>
        <p>${strings.kept(clinic.kept_for_days)}</p>
        <p>${strings.officer} ${clinic.privacy_officer}.</p>
        ${privacyPage ? html`<p>${webLink(strings.privacyPage, privacyPage, strings.newTab)}</p>` : nothing}
      </section>
      <div part="message assistant">
        <div part="bubble">${strings.welcome}</div>
        ${entries.length
          ? nothing
          : html`<div part="choices">
              <button @click=${this.#askForExamples}>${strings.whatCanIAsk}</button>
            </div>`}
      </div>`;
  }

  /** The launcher's slot is the clinic's own way to be reached. */
  #down(): TemplateResult {
    const strings = this.#strings;
    return html`<div part="down">
      <p>${strings.down}</p>
      <slot></slot>
      ${this.#conversation.entries.length
        ? nothing
        : html`<button @click=${() => this.#conversation.retry()}>${strings.tryAgain}</button>`}
    </div>`;
  }

  #composer(): TemplateResult {
    const strings = this.#strings;
    const { clinic } = this.#conversation;
    return html`<div part="footer">
      <p part="status" role="status">${this.#status()}</p>
      <form part="composer" @submit=${this.#submit}>
        <textarea
          part="question"
          rows="1"
          maxlength=${LONGEST}
          aria-label=${strings.question}
          aria-describedby="counter"
          placeholder=${strings.placeholder}
          enterkeyhint="send"
          @input=${this.#typed}
          @keydown=${this.#enter}
        ></textarea>
        <button part="send" aria-label=${strings.send} aria-disabled=${!this.#length || !clinic}>
          ${arrow}
        </button>
      </form>
      <p part="counter" id="counter">${this.#left()}</p>
      ${clinic
        ? html`<p part="emergency">${strings.emergency} ${phoneLink(clinic.emergency_number)}.</p>`
        : nothing}
    </div>`;
  }

  #left(): string {
    return this.#length > COUNTED_FROM ? `${this.#strings.left} ${LONGEST - this.#length}` : "";
  }

  #status(): string {
    const strings = this.#strings;
    if (!navigator.onLine) return strings.offline;
    if (this.#slow) return strings.slow;
    return this.#length < LONGEST ? this.#confirmation : this.#left();
  }

  async #start(server: string): Promise<void> {
    const conversation = new Conversation(server, this.#language, this);
    this.#conversation = conversation;
    this.#quiet = conversation.resumes;
    await conversation.start();
    await this.#drawn;
    if (conversation.entries.length) this.#scroll();
    this.#after(SETTLED, () => (this.#quiet = false));
  }

  /** The launcher changes the language of the interface; a conversation that has begun goes on in it. */
  #switch(): void {
    const said = this.#strings.switchTo;
    this.dispatchEvent(new Event("switch"));
    if (this.#conversation.entries.length) this.#conversation.goOnIn(this.#language, said);
    this.#follow();
  }

  #startAgain(): void {
    this.#conversation.startAgain(this.#strings.startAgain);
    this.#follow();
  }

  #askForExamples(): void {
    this.#conversation.greet(this.#strings.whatCanIAsk);
    this.#follow();
  }

  async #copy(): Promise<void> {
    const strings = this.#strings;
    try {
      await navigator.clipboard.writeText(asText(this.#title, this.#conversation.entries, strings));
      this.#confirmation = strings.copied;
    } catch {
      this.#confirmation = strings.failed;
    }
    this.#draw();
    this.#after(SLOW, () => (this.#confirmation = ""));
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const question = this.#question;
    const text = question.value.trim();
    if (!text || !this.#conversation.clinic) return;
    this.#conversation.say(text);
    question.value = "";
    this.#typed();
    question.focus();
    this.#follow();
  }

  #typed(): void {
    const { style, value } = this.#question;
    style.height = "auto";
    style.height = `${this.#question.scrollHeight + 2}px`;
    this.#length = value.length;
    this.#draw();
  }

  #enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#question.form?.requestSubmit();
  }

  /** Escape closes what is on top: the menu here, otherwise the launcher closes the panel. */
  #keydown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#menu.open) return;
    event.stopPropagation();
    this.#closeMenu();
  }

  #closeMenu(): void {
    this.#menu.open = false;
    this.#menu.querySelector("summary")?.focus();
  }

  #dismiss(): void {
    this.dispatchEvent(new Event("dismiss"));
  }

  /** Spoken at once, and once: emptied before a reader could meet it again. */
  #alert(text: string): void {
    clearTimeout(this.#alarmTimer);
    this.#alarm = text;
    this.#alarmTimer = this.#after(ALERT, () => (this.#alarm = ""));
    this.#draw();
  }

  async #follow(): Promise<void> {
    await this.#drawn;
    this.#scroll();
  }

  /** To the start of a reply, so that it is read from its first line; otherwise to the end. */
  #scroll(top = Number.MAX_SAFE_INTEGER): void {
    this.#log.scrollTo(0, top - 16);
  }

  #listen(how: "addEventListener" | "removeEventListener"): void {
    window[how]("online", this.#connection);
    window[how]("offline", this.#connection);
    window[how]("beforeprint", this.#beforePrint);
    window[how]("afterprint", this.#afterPrint);
    visualViewport?.[how]("resize", this.#fit);
    visualViewport?.[how]("scroll", this.#fit);
  }

  #connection = (): void => {
    if (navigator.onLine) this.#conversation.retry();
    this.#draw();
  };

  #beforePrint = (): void => {
    const { entries } = this.#conversation;
    if (!this.hidden && entries.length) this.#clearPaper ??= layOut(this.#title, entries, this.#strings);
  };

  #afterPrint = (): void => {
    this.#clearPaper?.();
    this.#clearPaper = undefined;
  };

  /** On a phone, the panel fills what the on-screen keyboard leaves. */
  #fit = (): void => {
    const seen = visualViewport;
    if (seen?.scale !== 1) return;
    this.style.setProperty("--seen-height", `${seen.height}px`);
    this.style.setProperty("--seen-top", `${seen.offsetTop}px`);
  };
}

/** A menu closes when the focus leaves it. */
function closeBehind({ currentTarget, relatedTarget }: FocusEvent): void {
  const menu = currentTarget as HTMLDetailsElement;
  if (relatedTarget && !menu.contains(relatedTarget as Node)) menu.open = false;
}

if (!customElements.get("askmeso-panel")) customElements.define("askmeso-panel", AskMesoPanel);
