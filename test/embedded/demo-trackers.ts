/** The ticket systems of the demo: stand-ins for Jira and Linear with the tickets its commits name. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writePrivateFile } from "./files.ts";
import { jiraTickets, linearTickets } from "./demo-tickets.ts";

/** Where a connection finds its stand-in, and what it is let in with. */
export interface DemoTracker {
  kind: "jira" | "linear";
  name: string;
  url: string;
  username: string | null;
  token: string;
  prefixes: string[];
}

export interface DemoTrackers {
  trackers: DemoTracker[];
  /** Stand-ins that could not have the port they had: connections to the address before go to the one after. */
  moved: { before: string; after: string }[];
  stop: () => Promise<void>;
}

/** The addresses that connections know. */
const addressesSchema = z.record(z.string(), z.url());
/** It opens nothing but a stand-in on this machine. */
const token = "demo-token";

/** Starts both, at the addresses they had where these are free. What is written to them is forgotten when they stop. */
export async function startDemoTrackers(dataFolder: string): Promise<DemoTrackers> {
  const file = join(dataFolder, "demo-trackers.json");
  const text = await readFile(file, "utf8").catch(() => "{}");
  const known = addressesSchema.safeParse(JSON.parse(text)).data ?? {};
  const [{ startJiraStandin }, { startLinearStandin }] = await Promise.all([
    import("../standins/trackers/jira.ts"),
    import("../standins/trackers/linear.ts"),
  ]);
  const options = { tokens: [token], rateLimit: { requests: 100_000, windowSeconds: 60 } };
  const [jira, linear] = await Promise.all([
    atKnownPort(known["jira"], (port) => startJiraStandin({ ...options, ...port, tickets: jiraTickets })),
    atKnownPort(known["linear"], (port) => startLinearStandin({ ...options, ...port, tickets: linearTickets })),
  ]);
  const addresses = { jira: jira.url, linear: linear.url };
  await writePrivateFile(file, JSON.stringify(addresses));
  return {
    trackers: [
      {
        kind: "jira",
        name: "Quillhaven's Jira",
        url: jira.url,
        username: "demo@billhook.example",
        token,
        prefixes: ["SHOP", "WH"],
      },
      { kind: "linear", name: "Larkmoor's Linear", url: linear.url, username: null, token, prefixes: ["LARK"] },
    ],
    moved: Object.entries(addresses).flatMap(([kind, after]) => {
      const before = known[kind];
      return before === undefined || before === after ? [] : [{ before, after }];
    }),
    stop: async () => {
      await Promise.all([jira.close(), linear.close()]);
    },
  };
}

async function atKnownPort<T>(address: string | undefined, start: (port: { port?: number }) => Promise<T>): Promise<T> {
  const port = address === undefined ? 0 : Number(new URL(address).port);
  if (port === 0) return start({});
  try {
    return await start({ port });
  } catch {
    return start({});
  }
}
