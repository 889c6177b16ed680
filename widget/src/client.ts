/** The website channel over HTTP: sessions, messages, feedback. Knows nothing of the page. */
import { type Language, recall, remember } from "./memory";

export interface Clinic {
  name: string;
  phone: string;
  emergency_number: string;
  privacy_officer: string;
  privacy_url: string | null;
  kept_for_days: number;
}

export interface Session {
  token: string;
  /** In seconds since 1970. */
  expires_at: number;
  clinic: Clinic;
  language: Language;
}

export interface Choice {
  title: string;
  payload: string;
}

export interface Source {
  title: string;
  publisher?: string | null;
  year?: number | null;
  url?: string | null;
}

export interface Metadata {
  kind: "answer" | "clarify" | "decline" | "urgent" | "booking" | "clinic" | "chat" | "error";
  language: Language | null;
  sources?: Source[] | null;
  reviewed_by?: string | null;
  reviewed_on?: string | null;
}

export interface Message {
  id: string;
  /** The assistant, if nothing else is said. */
  from?: "patient" | "assistant";
  text: string;
  buttons?: Choice[] | null;
  metadata?: Metadata | null;
}

/** What a patient wrote or chose; `shown` is what they see themselves say. */
export interface Outgoing {
  id: string;
  shown: string;
  text?: string;
  payload?: string;
}

const TIMEOUT = 20_000;
const LONGEST_WAIT = 60_000;
const WAITS = [1_000, 2_000, 4_000];

/** A request without a reply we can use; status 0 if there was no reply at all. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    /** In milliseconds, when the server says when to ask again. */
    readonly wait?: number,
  ) {
    super(`The server replied ${status}.`);
  }

  get temporary(): boolean {
    return this.wait !== undefined || this.status === 0 || this.status >= 500;
  }
}

export class Client {
  #session?: Session;

  constructor(readonly server: string) {
    this.#session = recall(server).session;
  }

  get clinic(): Clinic | undefined {
    return this.#session?.clinic;
  }

  /** The language of the session, or none if there is no session that still holds. */
  get language(): Language | undefined {
    return this.#holds() ? this.#session?.language : undefined;
  }

  async open(language: Language): Promise<void> {
    const session = await persevere(() => this.#request<Session>("POST", "session", { language }));
    this.#session = { ...session, language };
    remember(this.server, { session: this.#session });
  }

  async history(language: Language): Promise<Message[]> {
    return (await this.#ask(language, () => this.#request<Replies>("GET", "messages"))).messages;
  }

  /** Sends as often as needed: the server answers an id only once. */
  async send({ id, text, payload }: Outgoing, language: Language): Promise<Message[]> {
    const body = payload ? { id, payload } : { id, text };
    return (await this.#ask(language, () => this.#request<Replies>("POST", "messages", body))).messages;
  }

  async rate(message: string, helpful: boolean, comment: string, language: Language): Promise<void> {
    const body = comment ? { message, helpful, comment } : { message, helpful };
    await this.#ask(language, () => this.#request("POST", "feedback", body));
  }

  /** With a session that holds: an expired one is replaced without a word. */
  async #ask<Reply>(language: Language, request: () => Promise<Reply>): Promise<Reply> {
    if (!this.#holds()) await this.open(language);
    try {
      return await persevere(request);
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== 401) throw error;
      await this.open(language);
      return persevere(request);
    }
  }

  #holds(): boolean {
    return !!this.#session && this.#session.expires_at * 1_000 > Date.now();
  }

  async #request<Reply>(method: string, path: string, body?: object): Promise<Reply> {
    const reply = await fetch(`${this.server}/${path}`, {
      method,
      headers: {
        ...(body && { "Content-Type": "application/json" }),
        ...(path !== "session" && { Authorization: `Bearer ${this.#session?.token}` }),
      },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch(() => {
      throw new Failure(0);
    });
    if (!reply.ok) throw await failure(reply);
    return read(reply);
  }
}

interface Replies {
  messages: Message[];
}

/** A proxy's page, or a reply that breaks off, counts as none. */
async function read(reply: Response): Promise<any> {
  if (reply.status === 204) return undefined;
  return reply.json().catch(() => {
    throw new Failure(0);
  });
}

async function failure(reply: Response): Promise<Failure> {
  const { type = "" } = await reply.json().catch(() => ({}));
  const header = reply.headers.get("Retry-After");
  // Another origin sees the header only if the server exposes it; the problem's type says as much.
  const again = header !== null || reply.status === 429 || `${type}`.endsWith("in-progress");
  return new Failure(reply.status, again ? (Number(header) || 1) * 1_000 : undefined);
}

/** Asks again, the same way, as long as it may help. */
async function persevere<Reply>(request: () => Promise<Reply>): Promise<Reply> {
  const end = Date.now() + LONGEST_WAIT;
  const waits = [...WAITS];
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const wait = error instanceof Failure && error.temporary ? (error.wait ?? waits.shift()) : undefined;
      if (wait === undefined || Date.now() + wait > end) throw error;
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}
