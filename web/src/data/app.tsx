import type { BillhookClient } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { type Session, createClient } from "@supabase/supabase-js";
import type { QueryClient } from "@tanstack/react-query";
import { createContext, use, useSyncExternalStore } from "react";
import type { AppConfig } from "./config.ts";
import { ConnectionStore } from "./connection.ts";
import { createQueryClient } from "./query.ts";
import { SessionStore, takeSignInRefusal } from "./session.ts";

/** What every page stands on. */
export interface App {
  config: AppConfig;
  db: BillhookClient;
  queryClient: QueryClient;
  session: SessionStore;
  connection: ConnectionStore;
  /** The code of why a link or a host led back here without signing anybody in. */
  signInRefusal: string | null;
}

export async function openApp(config: AppConfig): Promise<App> {
  const signInRefusal = takeSignInRefusal();
  const db: BillhookClient = createClient<Database>(config.supabase_url, config.publishable_key, {
    auth: {
      persistSession: true,
      autoRefreshToken: true,
      // Where a link in a mail, or a host's own page, leads back to.
      detectSessionInUrl: true,
      storageKey: "billhook.session",
    },
    // React Query and the polling try again; a second layer beneath would keep a failure from people for half a minute.
    db: { retry: false },
  });
  return {
    config,
    db,
    queryClient: createQueryClient(),
    session: await SessionStore.open(db),
    connection: new ConnectionStore(),
    signInRefusal,
  };
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (app === null) throw new Error("useApp outside of the app");
  return app;
}

export const useDb = (): BillhookClient => useApp().db;

export function useSession(): Session | null {
  const { session } = useApp();
  return useSyncExternalStore(session.subscribe, session.current);
}

/** Asks the Worker as the signed-in person. Answers the response; failures come back as problem details or throw. */
export async function fetchApi(app: App, path: string, init: RequestInit = {}): Promise<Response> {
  const { data } = await app.db.auth.getSession();
  const headers = new Headers(init.headers);
  if (data.session !== null) headers.set("authorization", `Bearer ${data.session.access_token}`);
  if (typeof init.body === "string") headers.set("content-type", "application/json");
  return fetch(path, { ...init, headers });
}
