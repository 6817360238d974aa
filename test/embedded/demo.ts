import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createDatabaseClient } from "@billhook/database/client";
import { localDay } from "@billhook/domain/timezone";
import { createClient } from "@supabase/supabase-js";
import * as z from "zod";
import { workingDaysBefore } from "./demo-calendar.ts";
import {
  billFirstWeek,
  connectionSchema,
  connectRepositories,
  connectStripe,
  connectTrackers,
  deliverPushes,
  type DemoWork,
  reviewDrafts,
} from "./demo-work.ts";
import type { DemoTracker } from "./demo-trackers.ts";
import { demoTimeZone, prepareWorkspace } from "./demo-workspace.ts";
import { writePrivateFile } from "./files.ts";

/** The account a fresh stack has, and where its work is. Kept in demo.json, whose presence says that it is complete. */
const demoSchema = z.object({
  email: z.string(),
  password: z.string(),
  workspace_id: z.string(),
  project_id: z.string(),
});

export type Demo = z.infer<typeof demoSchema>;

/** What the demo needs of a running stack. */
export type DemoTarget = {
  appUrl: string;
  supabaseUrl: string;
  publishableKey: string;
  demoEmail: string;
  demoPassword: string;
};

/** What a demo that was interrupted needs to go on: its day, and the secrets that are told only once. */
const progressSchema = z.object({ today: z.string(), connections: z.record(z.string(), connectionSchema) });

/** The project new repositories belong to, unless another is chosen. */
const mainProject = { work: "Web shop", account: "First project" };

/** The demo of this data folder, made on the first start. Doing it again after an interruption changes nothing. */
export async function prepareDemo(
  target: DemoTarget,
  dataFolder: string,
  withWork: boolean,
  trackers: readonly DemoTracker[] = [],
): Promise<Demo> {
  const file = join(dataFolder, "demo.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return demoSchema.parse(JSON.parse(text));
  const progress = join(dataFolder, "demo-progress.json");
  const demo = await seedDemo(target, withWork, progress, trackers);
  await writePrivateFile(file, JSON.stringify(demo, null, 2));
  await rm(progress, { force: true });
  return demo;
}

/**
 * Makes the demo account with its workspace, and its work unless that is to be left out: all through the product's own
 * interfaces. Every step may be done again, so after an interruption it is called once more with the same `progressFile`.
 */
export async function seedDemo(
  target: DemoTarget,
  withWork: boolean,
  progressFile: string,
  trackers: readonly DemoTracker[] = [],
): Promise<Demo> {
  const accessToken = await signIn(target);
  const db = createDatabaseClient({ url: target.supabaseUrl, key: target.publishableKey, accessToken });
  const places = await prepareWorkspace(db, withWork);
  if (withWork) {
    const progress = await readProgress(progressFile);
    const work: DemoWork = {
      db,
      accessToken,
      appUrl: target.appUrl,
      places,
      today: progress.today,
      days: workingDaysBefore(progress.today, 10),
      connections: new Map(Object.entries(progress.connections)),
    };
    await connectTrackers(work, trackers);
    await connectRepositories(work);
    const kept = { today: work.today, connections: Object.fromEntries(work.connections) };
    await writePrivateFile(progressFile, JSON.stringify(kept));
    await deliverPushes(work);
    await reviewDrafts(work);
    await connectStripe(work);
    await billFirstWeek(work);
  }
  const projectId = places.projects.get(withWork ? mainProject.work : mainProject.account);
  if (projectId === undefined) throw new Error("The demo could not be made: it has no project.");
  return {
    email: target.demoEmail,
    password: target.demoPassword,
    workspace_id: places.workspaceId,
    project_id: projectId,
  };
}

async function signIn(target: DemoTarget): Promise<string> {
  const client = createClient(target.supabaseUrl, target.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const credentials = { email: target.demoEmail, password: target.demoPassword };
  const signedIn = await client.auth.signInWithPassword(credentials);
  if (signedIn.data.session !== null) return signedIn.data.session.access_token;
  const signedUp = await client.auth.signUp(credentials);
  if (signedUp.data.session !== null) return signedUp.data.session.access_token;
  throw new Error("The demo account could not be made.", { cause: signedUp.error ?? signedIn.error });
}

async function readProgress(file: string): Promise<z.infer<typeof progressSchema>> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return progressSchema.parse(JSON.parse(text));
  return { today: localDay(new Date().toISOString(), demoTimeZone), connections: {} };
}
