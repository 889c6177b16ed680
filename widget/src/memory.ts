/**
 * What one tab remembers of a server from page to page: in session storage, never in a cookie.
 *
 * No message that was answered is kept here; after a reload, the conversation comes from the server.
 */
import type { Outgoing, Session } from "./client";

export type Language = "en" | "fr";

export interface Remembered {
  open?: boolean;
  /** The language the patient chose, if they chose one. */
  language?: Language;
  session?: Session;
  /** Messages that were sent and not answered yet. */
  pending?: Outgoing[];
}

const key = (server: string) => `askmeso:${server}`;

/** A browser that refuses storage gets a widget that forgets. */
export function recall(server: string): Remembered {
  try {
    return JSON.parse(sessionStorage.getItem(key(server)) ?? "{}");
  } catch {
    return {};
  }
}

export function remember(server: string, change: Remembered): void {
  try {
    sessionStorage.setItem(key(server), JSON.stringify({ ...recall(server), ...change }));
  } catch {
    // Nothing to do: see above.
  }
}
