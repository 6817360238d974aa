export interface AppConfig {
  supabase_url: string;
  publishable_key: string;
  /** The embedded stack: development and tests. */
  embedded: boolean;
  /** The demo account; embedded only. */
  demo: { email: string; password: string } | null;
  /** Whose money moves: none at all where Stripe is not configured. */
  stripe: "live" | "test" | "stand-in" | "off";
  /** Whether a model can word lines without a key of the workspace's own. */
  words: boolean;
  /** Git hosts that can be connected in their own pages, with the address where it is not the public one. */
  oauth: Readonly<Record<string, { base_url: string | null }>>;
  /** Ticket systems that can be. */
  tracker_oauth: readonly string[];
}

/** By hand, not with zod: this is the one outside value on the way to the first paint, and zod would be 12 KiB of it. */
export function parseConfig(value: unknown): AppConfig | null {
  if (typeof value !== "object" || value === null) return null;
  const { supabase_url, publishable_key, embedded, demo, stripe, oauth, tracker_oauth, words } = value as Record<
    string,
    unknown
  >;
  if (typeof supabase_url !== "string" || !URL.canParse(supabase_url) || typeof publishable_key !== "string")
    return null;
  return {
    supabase_url,
    publishable_key,
    embedded: embedded === true,
    demo: embedded === true ? parseDemo(demo) : null,
    stripe: stripe === "live" || stripe === "test" || stripe === "stand-in" ? stripe : "off",
    oauth: parseOAuth(oauth),
    words: words === true,
    tracker_oauth: Array.isArray(tracker_oauth) ? tracker_oauth.filter((kind) => typeof kind === "string") : [],
  };
}

function parseOAuth(value: unknown): AppConfig["oauth"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value as Record<string, { base_url?: unknown } | null>).map(([provider, host]) => [
      provider,
      { base_url: typeof host?.base_url === "string" ? host.base_url : null },
    ]),
  );
}

function parseDemo(value: unknown): AppConfig["demo"] {
  if (typeof value !== "object" || value === null) return null;
  const { email, password } = value as Record<string, unknown>;
  return typeof email === "string" && typeof password === "string" ? { email, password } : null;
}

/** What this installation is: asked once, before anything else. Throws with a sentence for people. */
export async function loadConfig(signal?: AbortSignal): Promise<AppConfig> {
  let response: Response;
  try {
    response = await fetch("/api/config", signal === undefined ? {} : { signal });
  } catch {
    throw new Error("The server does not answer. Check your connection and try again.");
  }
  if (!response.ok) throw new Error(`The server answered with an error (${response.status}). Try again in a moment.`);
  const config = parseConfig(await response.json().catch(() => null));
  if (config === null) throw new Error("The server's configuration is not readable. Ask whoever runs Billhook.");
  return config;
}
