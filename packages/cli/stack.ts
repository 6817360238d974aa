/** Where Billhook runs, and the session of the person who sends. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { CommandFailure } from "./failure.ts";

const accountSchema = z.object({
  email: z.string(),
  password: z.string(),
  workspace_id: z.string().nullish(),
  project_id: z.string().nullish(),
});

/** What the embedded stack writes to `stack.json`. */
const stackSchema = z.object({
  app_url: z.url(),
  supabase_url: z.url(),
  publishable_key: z.string().min(1),
  demo: accountSchema.nullish(),
});

/** What any Billhook answers at `/api/config`. */
const configSchema = z.object({
  supabase_url: z.url(),
  publishable_key: z.string().min(1),
  demo: z.object({ email: z.string(), password: z.string() }).nullish(),
});

export interface Stack {
  appUrl: string;
  supabaseUrl: string;
  publishableKey: string;
  account: { email: string; password: string } | null;
  /** The demo project, where commits go unless another is named. */
  projectId: string | null;
}

export interface Session {
  stack: Stack;
  accessToken: string;
}

export interface StackOptions {
  /** A `stack.json`, or the folder it is in. */
  stack?: string | undefined;
  /** The address of any other Billhook. */
  url?: string | undefined;
  /** A Supabase access token; without one the demo account signs in. */
  token?: string | undefined;
}

const startIt = "Start it with `npm run dev`, or name its stack.json with --stack.";
const repositoryFolder = fileURLToPath(new URL("../..", import.meta.url));

export async function findStack(options: StackOptions): Promise<Stack> {
  if (options.url !== undefined) return readConfig(options.url);
  const file = await findStackFile(options.stack);
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) throw new CommandFailure("unreachable", `No stack is running: there is no ${file}.`, startIt);
  const parsed = stackSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new CommandFailure("unreachable", `${file} is not the stack.json of a running stack.`, startIt);
  const { app_url: appUrl, supabase_url: supabaseUrl, publishable_key: publishableKey, demo } = parsed.data;
  return { appUrl, supabaseUrl, publishableKey, account: demo ?? null, projectId: demo?.project_id ?? null };
}

async function findStackFile(named: string | undefined): Promise<string> {
  if (named !== undefined) return named.endsWith(".json") ? resolve(named) : join(resolve(named), "stack.json");
  const places = [resolve(".billhook/stack.json"), join(repositoryFolder, ".billhook/stack.json")];
  for (const place of places) {
    if (
      await readFile(place).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  return places[0] ?? "";
}

async function readConfig(address: string): Promise<Stack> {
  if (!/^https?:\/\//u.test(address) || !URL.canParse(address)) {
    throw new CommandFailure("usage", `--url is an address such as https://billhook.example.com, not ${address}.`);
  }
  const appUrl = address.replace(/\/+$/u, "");
  const answer = await ask(`${appUrl}/api/config`, {}, appUrl);
  const config = configSchema.safeParse(parseJson(await answer.text()));
  if (!answer.ok || !config.success) throw new CommandFailure("unreachable", `There is no Billhook at ${appUrl}.`);
  return {
    appUrl,
    supabaseUrl: config.data.supabase_url,
    publishableKey: config.data.publishable_key,
    account: config.data.demo ?? null,
    projectId: null,
  };
}

/** Signs in with the token, or else with the stack's own demo account. */
export async function signIn(stack: Stack, token: string | undefined): Promise<Session> {
  if (token !== undefined && token !== "") return { stack, accessToken: token };
  if (stack.account === null) {
    throw new CommandFailure(
      "refused",
      `${stack.appUrl} has no demo account.`,
      "Put an access token into BILLHOOK_TOKEN.",
    );
  }
  const { email, password } = stack.account;
  const answer = await ask(
    `${stack.supabaseUrl}/auth/v1/token?grant_type=password`,
    {
      method: "POST",
      headers: { apikey: stack.publishableKey, "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    },
    stack.appUrl,
  );
  const body = z.object({ access_token: z.string() }).safeParse(parseJson(await answer.text()));
  if (answer.ok && body.success) return { stack, accessToken: body.data.access_token };
  if (answer.status >= 500)
    throw new CommandFailure("unreachable", `Signing in was answered ${answer.status}.`, "Try again.");
  throw new CommandFailure("refused", `The demo account ${email} could not sign in.`);
}

/** Reads rows through PostgREST as the person; `query` is the table and its filters. */
export async function readRows<T>(session: Session, query: string, row: z.ZodType<T>): Promise<T[]> {
  const { stack, accessToken } = session;
  const headers = { apikey: stack.publishableKey, authorization: `Bearer ${accessToken}` };
  const answer = await ask(`${stack.supabaseUrl}/rest/v1/${query}`, { headers }, stack.appUrl);
  const text = await answer.text();
  if (answer.status === 401) {
    throw new CommandFailure(
      "refused",
      "The access token is not accepted.",
      "It may have expired: sign in anew for another.",
    );
  }
  const rows = z.array(row).safeParse(parseJson(text));
  if (answer.ok && rows.success) return rows.data;
  throw new CommandFailure(answer.status >= 500 ? "unreachable" : "refused", `The database answered ${answer.status}.`);
}

/** `fetch` that tells in words when nobody answers. */
export async function ask(address: string, init: RequestInit, appUrl: string): Promise<Response> {
  try {
    return await fetch(address, { signal: AbortSignal.timeout(30_000), ...init });
  } catch (error) {
    if (!isNetworkFailure(error)) throw error;
    throw new CommandFailure("unreachable", `Billhook does not answer at ${appUrl}.`, startIt);
  }
}

/** What `fetch` throws where there is no answer: a TypeError with a cause, or the end of its time. */
export function isNetworkFailure(error: unknown): boolean {
  return (
    (error instanceof TypeError && error.cause !== undefined) ||
    (error instanceof DOMException && (error.name === "TimeoutError" || error.name === "AbortError"))
  );
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `detail` of problem details (RFC 9457), or the status. */
export async function readProblem(answer: Response): Promise<string> {
  const body = z.object({ detail: z.string() }).safeParse(parseJson(await answer.text().catch(() => "")));
  return body.success ? body.data.detail : `It was answered ${answer.status}.`;
}
