/** A conversation as the patient sees it: what was said, what is on its way, what was not sent. Draws nothing. */
import { type Choice, Client, type Clinic, Failure, type Message, type Outgoing } from "./client";
import { type Language, recall, remember } from "./memory";

export interface Rating {
  helpful: boolean;
  state: "saving" | "saved" | "commented" | "failed";
}

export interface Entry extends Message {
  language?: Language | null;
  /** Of the patient's own message; none once it was answered. */
  state?: "sending" | "not-sent" | "refused";
  rating?: Rating;
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
  #pending: Outgoing[];
  /** One message at a time: the next waits for the reply to the one before. */
  #queue: Promise<void> = Promise.resolve();

  constructor(
    server: string,
    public language: Language,
    audience: Audience,
  ) {
    this.#client = new Client(server);
    this.#audience = audience;
    this.#pending = recall(server).pending ?? [];
  }

  get clinic(): Clinic | undefined {
    return this.#client.clinic;
  }

  /** Whether there may be a conversation to take up. */
  get resumes(): boolean {
    return !!this.#client.language;
  }

  get waiting(): boolean {
    return this.entries.some((entry) => entry.state === "sending");
  }

  /** Opens a session, or takes up the one this tab already has. */
  async start(): Promise<void> {
    this.#become("opening");
    try {
      if (this.#client.language) await this.#restore();
      // The patient may switch the language while a session is being opened.
      while (!this.entries.length && this.#client.language !== this.language) await this.#client.open(this.language);
      this.#become("ready");
    } catch {
      this.#become("down");
    }
  }

  say(text: string): void {
    this.#send({ id: crypto.randomUUID(), shown: text, text });
  }

  choose({ title, payload }: Choice): void {
    const twice = this.#pending.some((message) => message.payload === payload);
    if (!twice) this.#send({ id: crypto.randomUUID(), shown: title, payload });
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
    for (const entry of unsent) {
      const message = this.#pending.find(({ id }) => id === entry.id);
      if (message) this.#enqueue(message, entry);
    }
    if (this.state === "down" && !this.waiting) this.start();
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

  #command(intent: string, title: string): void {
    this.choose({ title, payload: `/${intent}{"language":"${this.language}"}` });
  }

  #judge(entry: Entry, rating: Rating): void {
    entry.rating = rating;
    this.#audience.changed();
  }

  #become(state: Conversation["state"]): void {
    this.state = state;
    this.#audience.changed();
  }

  /** A message that the page before sent is sent again first: its reply is then part of the conversation. */
  async #restore(): Promise<void> {
    const lost = await this.#deliverAll(this.#pending);
    const said = await this.#client.history(this.language);
    this.entries = [...said.map(toEntry), ...lost];
  }

  async #deliverAll(messages: Outgoing[]): Promise<Entry[]> {
    const lost: Entry[] = [];
    for (const message of messages) {
      const entry = spoken(message);
      await this.#deliver(message, entry);
      if (entry.state) lost.push(entry);
    }
    return lost;
  }

  #send(message: Outgoing): void {
    const entry = spoken(message);
    this.entries.push(entry);
    this.#keep([...this.#pending, message]);
    this.#enqueue(message, entry);
  }

  #enqueue(message: Outgoing, entry: Entry): void {
    entry.state = "sending";
    this.#audience.changed();
    this.#queue = this.#queue.then(async () => {
      const replies = await this.#deliver(message, entry);
      this.#add(replies, entry);
    });
  }

  async #deliver(message: Outgoing, entry: Entry): Promise<Entry[]> {
    try {
      const replies = (await this.#client.send(message, this.language)).map(toEntry);
      entry.state = undefined;
      entry.language = replies[0]?.language;
      this.#forget(message);
      return replies;
    } catch (error) {
      const refused = error instanceof Failure && !error.temporary;
      if (refused) this.#forget(message);
      entry.state = refused ? "refused" : "not-sent";
      return [];
    }
  }

  #add(replies: Entry[], after: Entry): void {
    this.state = after.state === "not-sent" ? "down" : "ready";
    const fresh = replies.filter(({ id }) => !this.entries.some((entry) => entry.id === id));
    this.entries.splice(this.entries.indexOf(after) + 1, 0, ...fresh);
    this.#audience.changed();
    this.#audience.heard(fresh);
  }

  #forget(message: Outgoing): void {
    this.#keep(this.#pending.filter(({ id }) => id !== message.id));
  }

  #keep(pending: Outgoing[]): void {
    this.#pending = pending;
    remember(this.#client.server, { pending });
  }
}

function spoken({ id, shown }: Outgoing): Entry {
  return { id, from: "patient", text: shown };
}

function toEntry(message: Message): Entry {
  return { ...message, language: message.metadata?.language };
}
