/** Settings and secrets, parsed once per environment. A secret has no default: what needs an absent one says so. */
import { type BillhookClient, createDatabaseClient } from "@billhook/database/client";
import type { TrackerKind } from "@billhook/domain/tracker";
import { type Provider, providers } from "@billhook/domain/push";
import type { GithubApp } from "@billhook/forges/github-app";
import { type OAuthProvider, oauthProviders } from "@billhook/forges/oauth";
import type { OAuthApplication } from "@billhook/http/oauth";
import * as z from "zod";

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === "" ? null : text));

/** An address that people open, without a slash at the end. */
const optionalAddress = z
  .union([z.literal(""), z.url({ protocol: /^https?$/ })])
  .optional()
  .transform((text) => (text === undefined || text === "" ? null : text.replace(/\/+$/, "")));

const settingsSchema = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_PUBLISHABLE_KEY: z.string().min(1),
  SUPABASE_SECRET_KEY: z.string().min(1),
  APP_URL: z.url(),
  /** `v2:<base64 of 32 bytes>,v1:<…>`: the first encrypts, all decrypt. */
  ENCRYPTION_KEYS: z.string().regex(/^[a-z0-9]+:[A-Za-z0-9+/]{43}=(,[a-z0-9]+:[A-Za-z0-9+/]{43}=)*$/, {
    error: "must be version:base64 of 32 bytes, comma separated",
  }),
  STRIPE_SECRET_KEY: optionalText,
  STRIPE_WEBHOOK_SECRET: optionalText,
  STRIPE_API_BASE: optionalText,
  STRIPE_WORKSPACE_ID: optionalText,
  /** The installation's key for words by a model, used where a workspace has none of its own. */
  ANTHROPIC_API_KEY: optionalText,
  ANTHROPIC_BASE_URL: optionalAddress,
  PROVIDER_WIDE_WORKSPACE_ID: optionalText,
  GITHUB_META_URL: z.url(),
  GITHUB_WEBHOOK_SECRET: optionalText,
  GITLAB_WEBHOOK_SECRET: optionalText,
  BITBUCKET_WEBHOOK_SECRET: optionalText,
  /** OAuth applications, one for each host; the address where it is not the public one, at which it is registered. */
  GITHUB_OAUTH_CLIENT_ID: optionalText,
  GITHUB_OAUTH_CLIENT_SECRET: optionalText,
  GITHUB_OAUTH_BASE_URL: optionalAddress,
  /** A GitHub App instead of an OAuth app: the client above is the App's own then. */
  GITHUB_APP_ID: optionalText,
  GITHUB_APP_SLUG: optionalText,
  GITHUB_APP_PRIVATE_KEY: optionalText,
  GITLAB_OAUTH_CLIENT_ID: optionalText,
  GITLAB_OAUTH_CLIENT_SECRET: optionalText,
  GITLAB_OAUTH_BASE_URL: optionalAddress,
  BITBUCKET_OAUTH_CLIENT_ID: optionalText,
  BITBUCKET_OAUTH_CLIENT_SECRET: optionalText,
  BITBUCKET_OAUTH_BASE_URL: optionalAddress,
  GITEA_OAUTH_CLIENT_ID: optionalText,
  GITEA_OAUTH_CLIENT_SECRET: optionalText,
  GITEA_OAUTH_BASE_URL: optionalAddress,
  /** The same for ticket systems. */
  JIRA_OAUTH_CLIENT_ID: optionalText,
  JIRA_OAUTH_CLIENT_SECRET: optionalText,
  JIRA_OAUTH_BASE_URL: optionalAddress,
  LINEAR_OAUTH_CLIENT_ID: optionalText,
  LINEAR_OAUTH_CLIENT_SECRET: optionalText,
  LINEAR_OAUTH_BASE_URL: optionalAddress,
  ASANA_OAUTH_CLIENT_ID: optionalText,
  ASANA_OAUTH_CLIENT_SECRET: optionalText,
  ASANA_OAUTH_BASE_URL: optionalAddress,
  CLICKUP_OAUTH_CLIENT_ID: optionalText,
  CLICKUP_OAUTH_CLIENT_SECRET: optionalText,
  CLICKUP_OAUTH_BASE_URL: optionalAddress,
  ZENDESK_OAUTH_CLIENT_ID: optionalText,
  ZENDESK_OAUTH_CLIENT_SECRET: optionalText,
  ZENDESK_OAUTH_BASE_URL: optionalAddress,
  ZOHO_DESK_OAUTH_CLIENT_ID: optionalText,
  ZOHO_DESK_OAUTH_CLIENT_SECRET: optionalText,
  ZOHO_DESK_OAUTH_BASE_URL: optionalAddress,
  HELP_SCOUT_OAUTH_CLIENT_ID: optionalText,
  HELP_SCOUT_OAUTH_CLIENT_SECRET: optionalText,
  HELP_SCOUT_OAUTH_BASE_URL: optionalAddress,
  /** The demo account of the embedded stack, shown on its sign-in page; empty everywhere else. */
  DEMO_EMAIL: optionalText,
  DEMO_PASSWORD: optionalText,
  /** How long an accepted delivery may wait before the sweep queues it again. */
  SWEEP_AFTER_SECONDS: z.coerce.number().int().min(1),
});

/** Ticket systems people can allow Billhook into in their own pages, and whose application that is. */
const trackerApplications = {
  jira: "JIRA",
  "jira-service-management": "JIRA",
  linear: "LINEAR",
  asana: "ASANA",
  clickup: "CLICKUP",
  zendesk: "ZENDESK",
  "zoho-desk": "ZOHO_DESK",
  "help-scout": "HELP_SCOUT",
} as const satisfies Partial<Record<TrackerKind, string>>;
type TrackerApplications = typeof trackerApplications;

export type EncryptionKeys = { version: string; key: Uint8Array<ArrayBuffer> }[];

export interface Settings {
  appUrl: string;
  supabase: { url: string; publishableKey: string; secretKey: string };
  encryptionKeys: EncryptionKeys;
  stripe: {
    /** Null: Stripe's own. */
    apiBase: string | null;
    /** The installation's own account, and the one workspace it serves: null: the first; `*`: every one. */
    operator: { secretKey: string; webhookSecret: string | null; workspaceId: string | null } | null;
  };
  /** Whose model words lines, for workspaces without a key of their own; null: none does. */
  anthropic: { apiKey: string; baseUrl: string | null } | null;
  /** Secrets for the routes without a repository id, and the one workspace they serve. */
  providerWide: { workspaceId: string; secrets: Partial<Record<Provider, string>> } | null;
  /** Where GitHub publishes the addresses its webhooks come from. */
  githubMetaUrl: string;
  /** Hosts that people can connect with OAuth. */
  oauth: Partial<Record<OAuthProvider, OAuthApplication>>;
  /** Ticket systems that people can connect with OAuth. */
  trackerOAuth: Partial<Record<TrackerKind, OAuthApplication>>;
  /** Where GitHub is connected by installing an App; its client is that of `oauth.github`. */
  githubApp: GithubApp | null;
  demo: { email: string; password: string } | null;
  sweepAfterSeconds: number;
}

/** Isolate cache: one entry per environment object, gone with it. */
const parsed = new WeakMap<object, Settings>();

/** Throws, naming the variable, where the configuration is wrong: that is a bug of the deployment. */
export function readSettings(env: object): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = settingsSchema.safeParse(env);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Configuration: ${problems.join("; ")}`);
  }
  const values = result.data;
  const secrets: Partial<Record<Provider, string>> = {};
  for (const [provider, secret] of [
    ["github", values.GITHUB_WEBHOOK_SECRET],
    ["gitlab", values.GITLAB_WEBHOOK_SECRET],
    ["bitbucket", values.BITBUCKET_WEBHOOK_SECRET],
  ] as const) {
    if (secret !== null && providers.includes(provider)) secrets[provider] = secret;
  }
  const oauth: Settings["oauth"] = {};
  for (const provider of oauthProviders) {
    const name = provider.toUpperCase() as Uppercase<OAuthProvider>;
    const clientId = values[`${name}_OAUTH_CLIENT_ID`];
    const clientSecret = values[`${name}_OAUTH_CLIENT_SECRET`];
    const baseUrl = values[`${name}_OAUTH_BASE_URL`];
    const hasAddress = provider !== "gitea" || baseUrl !== null;
    if (clientId !== null && clientSecret !== null && hasAddress) oauth[provider] = { clientId, clientSecret, baseUrl };
  }
  const trackerOAuth: Settings["trackerOAuth"] = {};
  for (const [kind, name] of Object.entries(trackerApplications) as [
    TrackerKind,
    TrackerApplications[keyof TrackerApplications],
  ][]) {
    const clientId = values[`${name}_OAUTH_CLIENT_ID`];
    const clientSecret = values[`${name}_OAUTH_CLIENT_SECRET`];
    if (clientId !== null && clientSecret !== null)
      trackerOAuth[kind] = { clientId, clientSecret, baseUrl: values[`${name}_OAUTH_BASE_URL`] };
  }
  const settings: Settings = {
    appUrl: values.APP_URL.replace(/\/$/, ""),
    supabase: {
      url: values.SUPABASE_URL,
      publishableKey: values.SUPABASE_PUBLISHABLE_KEY,
      secretKey: values.SUPABASE_SECRET_KEY,
    },
    encryptionKeys: values.ENCRYPTION_KEYS.split(",").map((entry) => {
      const [version = "", encoded = ""] = entry.split(":");
      return { version, key: Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)) };
    }),
    stripe: {
      apiBase: values.STRIPE_API_BASE,
      operator:
        values.STRIPE_SECRET_KEY === null
          ? null
          : {
              secretKey: values.STRIPE_SECRET_KEY,
              webhookSecret: values.STRIPE_WEBHOOK_SECRET,
              workspaceId: values.STRIPE_WORKSPACE_ID,
            },
    },
    anthropic:
      values.ANTHROPIC_API_KEY === null
        ? null
        : { apiKey: values.ANTHROPIC_API_KEY, baseUrl: values.ANTHROPIC_BASE_URL },
    providerWide:
      values.PROVIDER_WIDE_WORKSPACE_ID === null ? null : { workspaceId: values.PROVIDER_WIDE_WORKSPACE_ID, secrets },
    githubMetaUrl: values.GITHUB_META_URL,
    oauth,
    trackerOAuth,
    githubApp:
      values.GITHUB_APP_ID === null || values.GITHUB_APP_SLUG === null || values.GITHUB_APP_PRIVATE_KEY === null
        ? null
        : {
            id: values.GITHUB_APP_ID,
            slug: values.GITHUB_APP_SLUG,
            privateKey: values.GITHUB_APP_PRIVATE_KEY,
            baseUrl: values.GITHUB_OAUTH_BASE_URL,
          },
    demo:
      values.DEMO_EMAIL === null || values.DEMO_PASSWORD === null
        ? null
        : { email: values.DEMO_EMAIL, password: values.DEMO_PASSWORD },
    sweepAfterSeconds: values.SWEEP_AFTER_SECONDS,
  };
  parsed.set(env, settings);
  return settings;
}

/** Isolate cache: one client per settings, gone with them. It holds an address and a key, and nothing of a request. */
const serviceClients = new WeakMap<Settings, BillhookClient>();

/** As the service: past row level security, for what nobody's session stands behind. */
export function serviceDatabase(settings: Settings): BillhookClient {
  const known = serviceClients.get(settings);
  if (known) return known;
  const client = createDatabaseClient({
    url: settings.supabase.url,
    key: settings.supabase.secretKey,
    timeoutMs: 8000,
  });
  serviceClients.set(settings, client);
  return client;
}

/** As the person whose access token came with the request: the database decides what they may see and do. */
export function personDatabase(settings: Settings, accessToken: string): BillhookClient {
  return createDatabaseClient({
    url: settings.supabase.url,
    key: settings.supabase.publishableKey,
    accessToken,
    timeoutMs: 15_000,
  });
}
