import type { BillhookClient } from "@billhook/database/client";
import type { Session } from "@supabase/supabase-js";

/** The signed-in person, readable at any time and watched by React and the router. */
export class SessionStore {
  #current: Session | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #db: BillhookClient;

  private constructor(db: BillhookClient) {
    this.#db = db;
  }

  static async open(db: BillhookClient): Promise<SessionStore> {
    const store = new SessionStore(db);
    const { data } = await db.auth.getSession();
    store.#current = data.session;
    db.auth.onAuthStateChange((_event, session) => {
      const samePerson = session?.user.id === store.#current?.user.id;
      store.#current = session;
      // A refreshed token is no news to the page.
      if (!samePerson) for (const listener of store.#listeners) listener();
    });
    return store;
  }

  readonly current = (): Session | null => this.#current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Ends the session on this device, also when the server cannot be reached. */
  async signOut(): Promise<void> {
    await this.#db.auth.signOut({ scope: "local" });
  }
}

/** Takes out of the address what the sign-in service says of a link or a host that did not let the person in. */
export function takeSignInRefusal(): string | null {
  const refusal = new URLSearchParams(location.hash.slice(1)).get("error_code");
  if (refusal !== null) history.replaceState(null, "", location.pathname + location.search);
  return refusal;
}
