/** The panel: loaded when the patient opens the chat. Draws a conversation, and announces what is new in it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Clinic } from "./client";
import { type Audience, Conversation, type Entry } from "./conversation";
import { arrow, cross, dots } from "./icons";
import { phoneLink, plain, webAddress, webLink } from "./markdown";
import type { Language } from "./memory";
import { type Context, message } from "./message";
import css from "./panel.css?inline";
import { panel as en } from "./strings/en";
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

/** Private to the launcher, which documents its parts and properties. */
export class AskMesoPanel extends LitElement implements Audience {
  static override styles = unsafeCSS(css);
  static override properties = {
    server: { attribute: false },
    language: { attribute: false },
    name: { attribute: false },
    length: { state: true },
    quiet: { state: true },
    slow: { state: true },
    offline: { state: true },
    notice: { state: true },
    alarm: { state: true },
  };

  declare server: string;
  declare language: Language;
  declare name: string;
  declare length: number;
  declare quiet: boolean;
  declare slow: boolean;
  declare offline: boolean;
  declare notice: keyof typeof en | "";
  declare alarm: string;

  #conversation!: Conversation;
  #slowTimer = 0;
  #alarmTimer = 0;
  #unprint?: () => void;

  constructor() {
    super();
    this.length = 0;
    this.offline = !navigator.onLine;
    this.notice = this.alarm = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen("addEventListener");
    this.#fit();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen("removeEventListener");
  }

  override focus(): void {
    this.updateComplete.then(() => this.#question.focus());
  }

  changed(): void {
    clearTimeout(this.#slowTimer);
    this.slow = false;
    if (this.#conversation.waiting) this.#slowTimer = window.setTimeout(() => (this.slow = true), SLOW);
    this.requestUpdate();
  }

  async heard(replies: Entry[]): Promise<void> {
    const urgent = replies.filter(({ metadata }) => metadata?.kind === "urgent");
    if (urgent.length) this.#alert(urgent.map(({ text }) => plain(text)).join("\n"));
    await this.updateComplete;
    const first = replies[0] && this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(replies[0].id)}"]`);
    this.#scroll(first?.offsetTop);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("server")) this.#start();
    else if (changed.has("language")) this.#conversation.speak(this.language);
  }

  protected override render(): TemplateResult {
    const context: Context = { conversation: this.#conversation, language: this.language, strings: this.#strings };
    return html`<div
      part="panel"
      class="panel"
      role="dialog"
      aria-labelledby="title"
      lang=${this.language}
      @keydown=${this.#keydown}
    >
      ${this.#header()}
      <div
        part="conversation"
        class="conversation"
        role="region"
        aria-label=${this.#strings.conversation}
        tabindex="0"
      >
        <div aria-live=${this.#liveness}>${this.#welcome()}</div>
        <div part="log" class="log" role="log" aria-live=${this.#liveness} aria-label=${this.#strings.messages}>
          ${repeat(
            this.#conversation.entries,
            ({ id }) => id,
            (entry) => message(entry, context),
          )}
        </div>
        ${this.#conversation.waiting ? typing : nothing}
        <div role="status">${this.#conversation.state === "down" ? this.#down() : nothing}</div>
      </div>
      <div class="unseen" role="alert" part="alert">${this.alarm}</div>
      ${this.#composer()}
    </div>`;
  }

  get #strings(): typeof en {
    return STRINGS[this.language];
  }

  get #liveness(): "off" | "polite" {
    return this.quiet ? "off" : "polite";
  }

  get #title(): string {
    return this.name || this.#conversation.clinic?.name || this.#strings.assistant;
  }

  get #question(): HTMLTextAreaElement {
    return this.renderRoot.querySelector("textarea[part=question]")!;
  }

  #header(): TemplateResult {
    const strings = this.#strings;
    const other = this.language === "en" ? "fr" : "en";
    return html`<header part="header" class="header">
      <div class="who">
        <h2 id="title">${this.#title}</h2>
        <p>${strings.assistant}</p>
      </div>
      <button type="button" part="language" lang=${other} @click=${() => this.#switch(other)}>
        ${strings.switchTo}
      </button>
      <details part="menu" class="menu" @focusout=${closeBehind}>
        <summary aria-label=${strings.options} title=${strings.options}>${dots}</summary>
        <div ?inert=${!this.#conversation.entries.length}>
          ${this.#action(strings.startAgain, () => this.#startAgain())}
          ${navigator.clipboard ? this.#action(strings.copy, () => this.#copy()) : nothing}
          ${this.#action(strings.print, () => window.print())}
        </div>
      </details>
      <button type="button" part="close" aria-label=${strings.close} title=${strings.close} @click=${this.#dismiss}>
        ${cross}
      </button>
    </header>`;
  }

  #action(label: string, act: () => void): TemplateResult {
    const choose = () => {
      this.#menu.open = false;
      this.#menu.querySelector("summary")?.focus();
      act();
    };
    return html`<button type="button" ?disabled=${!this.#conversation.entries.length} @click=${choose}>${label}</button>`;
  }

  get #menu(): HTMLDetailsElement {
    return this.renderRoot.querySelector<HTMLDetailsElement>("details[part=menu]")!;
  }

  #welcome(): TemplateResult {
    const strings = this.#strings;
    const { clinic, state, entries } = this.#conversation;
    if (!clinic) return html`${state === "opening" ? html`<p class="note">${strings.opening}</p>` : nothing}`;
    return html`<section part="notice" class="notice">
        <p>${strings.automated}</p>
        <p>${strings.noDetails}</p>
        <p>${strings.kept(clinic.kept_for_days)} ${strings.officer} ${clinic.privacy_officer}.</p>
        ${this.#privacyPage(clinic)}
      </section>
      <div class="message assistant">
        <div part="bubble" class="bubble"><p>${strings.welcome}</p></div>
        ${entries.length
          ? nothing
          : html`<div part="choices" class="choices">
              <button type="button" @click=${this.#askForExamples}>${strings.whatCanIAsk}</button>
            </div>`}
      </div>`;
  }

  #privacyPage({ privacy_url }: Clinic): TemplateResult | typeof nothing {
    const url = webAddress(privacy_url);
    return url ? html`<p>${webLink(this.#strings.privacyPage, url, this.#strings.newTab)}</p>` : nothing;
  }

  /** The launcher's slot is the clinic's own way to be reached. */
  #down(): TemplateResult {
    const strings = this.#strings;
    return html`<div part="down" class="down">
      <p>${strings.down}</p>
      <slot></slot>
      <button type="button" @click=${() => this.#conversation.retry()}>${strings.tryAgain}</button>
    </div>`;
  }

  #composer(): TemplateResult {
    const strings = this.#strings;
    const { clinic } = this.#conversation;
    return html`<footer class="footer">
      <p part="status" class="status" role="status">${this.#status()}</p>
      <form part="composer" class="composer" @submit=${this.#submit}>
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
        <button part="send" aria-label=${strings.send} title=${strings.send} aria-disabled=${!this.length || !clinic}>
          ${arrow}
        </button>
      </form>
      <p part="counter" class="counter" id="counter">
        ${this.length > COUNTED_FROM ? strings.left(LONGEST - this.length) : nothing}
      </p>
      ${clinic
        ? html`<p part="emergency" class="emergency">
            ${strings.emergency} ${phoneLink(clinic.emergency_number)}.
          </p>`
        : nothing}
    </footer>`;
  }

  #status(): string {
    const strings = this.#strings;
    if (this.offline) return strings.offline;
    if (this.slow) return strings.slow;
    if (this.length >= LONGEST) return strings.left(0);
    return this.notice && `${strings[this.notice]}`;
  }

  async #start(): Promise<void> {
    const conversation = new Conversation(this.server, this.language, this);
    this.#conversation = conversation;
    this.quiet = conversation.resumes;
    await conversation.start();
    await this.updateComplete;
    this.#scroll();
    setTimeout(() => (this.quiet = false), SETTLED);
  }

  #switch(language: Language): void {
    this.dispatchEvent(new CustomEvent("askmeso-language", { detail: language }));
    if (this.#conversation.entries.length) this.#conversation.askToSpeak(language, STRINGS[language].goOn);
  }

  #startAgain(): void {
    this.#conversation.startAgain(this.#strings.startAgain);
    this.#question.focus();
    this.#follow();
  }

  #askForExamples(): void {
    const payload = `/greet{"language":"${this.language}"}`;
    this.#conversation.choose({ title: this.#strings.whatCanIAsk, payload });
    this.#question.focus();
  }

  async #copy(): Promise<void> {
    const text = asText(this.#title, this.#conversation.entries, this.#strings);
    this.notice = await navigator.clipboard.writeText(text).then(
      () => "copied" as const,
      () => "notCopied" as const,
    );
    setTimeout(() => (this.notice = ""), SLOW);
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
    this.length = value.length;
    style.height = "auto";
    style.height = `${this.#question.scrollHeight}px`;
  }

  #enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#question.form?.requestSubmit();
  }

  #keydown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    const menu = this.#menu;
    if (!menu.open) return this.#dismiss();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }

  #dismiss(): void {
    this.dispatchEvent(new Event("askmeso-dismiss"));
  }

  /** Spoken at once, and once: emptied before it could be met again. */
  #alert(text: string): void {
    clearTimeout(this.#alarmTimer);
    this.alarm = text;
    this.#alarmTimer = window.setTimeout(() => (this.alarm = ""), ALERT);
  }

  async #follow(): Promise<void> {
    await this.updateComplete;
    this.#scroll();
  }

  /** To the start of a reply, so that it is read from its first line; otherwise to the end. */
  #scroll(top = Number.MAX_SAFE_INTEGER): void {
    this.renderRoot.querySelector(".conversation")?.scrollTo({ top: top - 16 });
  }

  #listen(how: "addEventListener" | "removeEventListener"): void {
    window[how]("online", this.#online);
    window[how]("offline", this.#online);
    window[how]("beforeprint", this.#beforePrint);
    window[how]("afterprint", this.#afterPrint);
    window.visualViewport?.[how]("resize", this.#fit);
    window.visualViewport?.[how]("scroll", this.#fit);
  }

  #online = (): void => {
    this.offline = !navigator.onLine;
    if (!this.offline) this.#conversation.retry();
  };

  #beforePrint = (): void => {
    const { entries } = this.#conversation;
    if (!this.hidden && entries.length) this.#unprint ??= layOut(this.#title, entries, this.#strings);
  };

  #afterPrint = (): void => {
    this.#unprint?.();
    this.#unprint = undefined;
  };

  /** On a phone, the panel fills what the on-screen keyboard leaves. */
  #fit = (): void => {
    const { height, offsetTop, scale } = window.visualViewport ?? { height: 0, offsetTop: 0, scale: 0 };
    if (scale !== 1) return;
    this.style.setProperty("--visible-height", `${height}px`);
    this.style.setProperty("--visible-top", `${offsetTop}px`);
  };
}

const typing = html`<div part="typing" class="typing" aria-hidden="true"><i></i><i></i><i></i></div>`;

/** A menu closes when the focus leaves it. */
function closeBehind(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) menu.open = false;
}

if (!customElements.get("askmeso-panel")) customElements.define("askmeso-panel", AskMesoPanel);
