/** A conversation as the patient sees it: what was said, what is on its way, what was not sent. Draws nothing. */
import { type Choice, Client, type Clinic, Failure, type Message, type Outgoing } from "./client";
import { type Language, recall, remember } from "./memory";

export interface Rating {
  helpful: boolean;
  state: "saving" | "saved" | "commented" | "failed";
}

export interface Entry extends Message {
  language?: Language | null;
  rating?: Rating;
  /** What was sent, if the patient said it on this page. */
  sent?: Outgoing;
  /** None once it was answered. */
  state?: "sending" | "not-sent" | "refused";
}

/** The panel, which draws and announces. */
export interface Audience {
  changed(): void;
  heard(replies: Entry[]): void;
}

export class Conversation {
  entries: Entry[] = [];
  state: "opening" | "ready" | "down" = "opening";

  #client: Client;
  #audience: Audience;
  /** One message at a time: the next waits for the reply to the one before. */
  #queue: Promise<void> = Promise.resolve();

  constructor(
    server: string,
    public language: Language,
    audience: Audience,
  ) {
    this.#client = new Client(server);
    this.#audience = audience;
  }

  get clinic(): Clinic | undefined {
    return this.#client.clinic;
  }

  /** Whether there may be a conversation to take up. */
  get resumes(): boolean {
    return !!this.#client.language;
  }

  get waiting(): boolean {
    return this.entries.some(({ state }) => state === "sending");
  }

  /** Opens a session, or takes up the one this tab already has. */
  async start(): Promise<void> {
    this.#become("opening");
    try {
      if (this.resumes) await this.#restore();
      // The patient may switch the language while a session is being opened.
      while (!this.entries.length && this.#client.language !== this.language) await this.#client.open(this.language);
      this.#become("ready");
    } catch {
      this.#become("down");
    }
  }

  say(text: string): void {
    this.#send({ shown: text, text });
  }

  choose({ title, payload }: Choice): void {
    const twice = this.entries.some(({ state, sent }) => state === "sending" && sent?.payload === payload);
    if (!twice) this.#send({ shown: title, payload });
  }

  /** Before the first message, a session in the new language takes the place of the one before. */
  speak(language: Language): void {
    this.language = language;
    if (!this.entries.length && this.state !== "opening") this.start();
  }

  greet(said: string): void {
    this.#command("greet", said);
  }

  startAgain(said: string): void {
    this.#command("start_again", said);
  }

  goOnIn(language: Language, said: string): void {
    this.language = language;
    this.#command("change_language", said);
  }

  /** Sends again, under the same ids, what was not sent; it moves to the end, where its reply will be. */
  retry(): void {
    const unsent = this.entries.filter(({ state }) => state === "not-sent");
    this.entries = [...this.entries.filter((entry) => !unsent.includes(entry)), ...unsent];
    for (const entry of unsent) this.#enqueue(entry);
    if (this.state === "down" && !unsent.length) this.start();
  }

  async rate(entry: Entry, helpful: boolean, comment = ""): Promise<void> {
    this.#judge(entry, { helpful, state: "saving" });
    try {
      await this.#client.rate(entry.id, helpful, comment, this.language);
      this.#judge(entry, { helpful, state: comment ? "commented" : "saved" });
    } catch {
      this.#judge(entry, { helpful, state: "failed" });
    }
  }

  #judge(entry: Entry, rating: Rating): void {
    entry.rating = rating;
    this.#audience.changed();
  }

  #become(state: Conversation["state"]): void {
    this.state = state;
    this.#audience.changed();
  }

  #command(intent: string, title: string): void {
    this.choose({ title, payload: `/${intent}{"language":"${this.language}"}` });
  }

  /** What the page before sent, and saw no reply to, is sent again first: its reply is then part of what was said. */
  async #restore(): Promise<void> {
    this.entries = (recall(this.#client.server).pending ?? []).map(spoken);
    for (const entry of this.entries) await this.#deliver(entry);
    const said = (await this.#client.history(this.language)).map(heard);
    this.entries = [...said, ...this.entries.filter(({ state }) => state)];
  }

  #send(message: Omit<Outgoing, "id">): void {
    const entry = spoken({ ...message, id: crypto.randomUUID() });
    this.entries.push(entry);
    this.#enqueue(entry);
  }

  #enqueue(entry: Entry): void {
    entry.state = "sending";
    this.#keepUnanswered();
    this.#audience.changed();
    this.#queue = this.#queue.then(async () => this.#add(await this.#deliver(entry), entry));
  }

  async #deliver(entry: Entry): Promise<Entry[]> {
    let replies: Entry[] = [];
    try {
      replies = (await this.#client.send(entry.sent!, this.language)).map(heard);
      entry.state = undefined;
      entry.language = replies[0]?.language;
    } catch (error) {
      entry.state = error instanceof Failure && !error.temporary ? "refused" : "not-sent";
    }
    this.#keepUnanswered();
    return replies;
  }

  #add(replies: Entry[], after: Entry): void {
    this.state = after.state === "not-sent" ? "down" : "ready";
    this.entries.splice(this.entries.indexOf(after) + 1, 0, ...replies);
    this.#audience.changed();
    this.#audience.heard(replies);
  }

  #keepUnanswered(): void {
    const unanswered = this.entries.filter(({ state }) => state === "sending" || state === "not-sent");
    remember(this.#client.server, { pending: unanswered.map(({ sent }) => sent!) });
  }
}

function spoken(sent: Outgoing): Entry {
  return { id: sent.id, from: "patient", text: sent.shown, sent, state: "sending" };
}

function heard(message: Message): Entry {
  return { ...message, language: message.metadata?.language };
}
