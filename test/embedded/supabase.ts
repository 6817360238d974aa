import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { App, type EmailMessage } from "@supabase/lite";
import { parse } from "smol-toml";
import * as z from "zod";
import type { EmbeddedConnection } from "./connection.ts";
import { answerWithCors } from "./cors.ts";
import type { Keys } from "./keys.ts";
import { type Log, withConsole } from "./log.ts";
import { Outbox } from "./outbox.ts";
import { repositoryFolder } from "./paths.ts";

/** The part of supabase/config.toml that both hosted Supabase and `@supabase/lite` understand. */
const configSchema = z.object({
  api: z
    .object({ schemas: z.array(z.string()), extra_search_path: z.array(z.string()), max_rows: z.number() })
    .partial()
    .default({}),
  auth: z
    .object({ jwt_expiry: z.number(), enable_signup: z.boolean(), minimum_password_length: z.number() })
    .partial()
    .default({}),
});

export type SupabaseServer = {
  /** Breaks every connection without an answer until told otherwise: what the Worker sees when the database is away. */
  setAway: (away: boolean) => void;
  stop: () => Promise<void>;
};

/** Serves PostgREST's and GoTrue's HTTP interfaces on the database. */
export async function serveSupabase(options: {
  connection: EmbeddedConnection;
  keys: Keys;
  port: number;
  appUrl: string;
  log: Log;
}): Promise<SupabaseServer> {
  const { connection, keys, port, appUrl, log } = options;
  const config = await readConfig();
  const address = `http://127.0.0.1:${port}`;
  const outbox = new Outbox();
  const app = new App({
    connection,
    api: { ...config.api, enabled: true, schemas: config.api.schemas ?? ["public"], external_url: address },
    auth: {
      ...config.auth,
      enabled: true,
      jwt_secret: keys.jwt_secret,
      publishable_key: keys.publishable_key,
      secret_key: keys.secret_key,
      site_url: appUrl,
      additional_redirect_urls: [appUrl],
      external: { github: readGithubSignIn(address) },
    },
    storage: { enabled: false },
    options: {
      // Admin mode would make a request without a key the service role.
      server: { admin: false, disableStudio: true },
      drivers: { email: { send: (message: EmailMessage) => sendMail(correct(message), outbox, log) } },
    },
  });
  // Upstream's links lead to the site, where hosted Supabase's lead to the API, which alone answers them.
  const correct = (message: EmailMessage): EmailMessage => ({
    ...message,
    text: (message.text ?? "").replaceAll(`${appUrl}/auth/v1/`, `${address}/auth/v1/`),
  });
  const debug = (message: string): void => log({ level: "debug", source: "supabase", message });
  const server = createAdaptorServer({
    fetch: (request: Request) =>
      request.method === "GET" && new URL(request.url).pathname === "/outbox"
        ? outbox.show()
        : answerWithCors(request, (asked) => withConsole(debug, () => app.fetch(asked, { peerAddress: null }))),
  });
  let isAway = false;
  server.on("connection", (socket: Socket) => {
    if (isAway) socket.destroy();
  });
  if ("keepAliveTimeout" in server) {
    // workerd keeps connections; one closed here at the moment it is used there would look like an outage.
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
  }
  await withConsole(debug, () => app.init());
  // Hosted Supabase reloads its schema cache on the same notice.
  await connection.driver.listen("pgrst", () => void connection.clearSchemaCache());
  await connection.introspect({ useCache: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const breakConnections = (): void => {
    if ("closeAllConnections" in server) server.closeAllConnections();
  };
  return {
    setAway: (away) => {
      isAway = away;
      if (away) breakConnections();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakConnections();
      }),
  };
}

/** There is no mail server here: what would be sent is shown, in the outbox and in the log. */
function sendMail(message: EmailMessage, outbox: Outbox, log: Log): Promise<void> {
  outbox.keep(message);
  log({ level: "warn", source: "mail", message: `To: ${message.to}\nSubject: ${message.subject}\n\n${message.text}` });
  return Promise.resolve();
}

/** Signing in with GitHub, where the environment names an application by the Supabase CLI's names. */
function readGithubSignIn(address: string) {
  const {
    SUPABASE_AUTH_EXTERNAL_GITHUB_CLIENT_ID: id = "",
    SUPABASE_AUTH_EXTERNAL_GITHUB_SECRET: secret = "",
    SUPABASE_AUTH_EXTERNAL_GITHUB_URL: url = "",
  } = process.env;
  return {
    enabled: id !== "" && secret !== "",
    client_id: id,
    secret,
    redirect_uri: `${address}/auth/v1/callback`,
    ...(url === "" ? {} : { url }),
  };
}

async function readConfig(): Promise<z.infer<typeof configSchema>> {
  const text = await readFile(join(repositoryFolder, "supabase/config.toml"), "utf8").catch(() => "");
  return configSchema.parse(parse(text));
}
