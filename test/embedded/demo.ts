import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import * as z from "zod";
import { writePrivateFile } from "./files.ts";

/** The account a fresh stack has, and where its work is. Kept in demo.json, whose presence says that it is complete. */
const demoSchema = z.object({
  email: z.string(),
  password: z.string(),
  workspace_id: z.string().nullable(),
  project_id: z.string().nullable(),
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

/** The demo of this data folder, made on the first start. Doing it again after an interruption changes nothing. */
export async function prepareDemo(target: DemoTarget, dataFolder: string, withWork: boolean): Promise<Demo> {
  const file = join(dataFolder, "demo.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return demoSchema.parse(JSON.parse(text));
  const demo = await seedDemo(target, withWork);
  await writePrivateFile(file, JSON.stringify(demo, null, 2));
  return demo;
}

/** Makes the demo account and, unless it is to stay empty, its work. */
export async function seedDemo(target: DemoTarget, _withWork: boolean): Promise<Demo> {
  const client = createClient(target.supabaseUrl, target.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const credentials = { email: target.demoEmail, password: target.demoPassword };
  const { error: signInError } = await client.auth.signInWithPassword(credentials);
  if (signInError !== null) {
    const { error } = await client.auth.signUp(credentials);
    if (error !== null) throw new Error("The demo account could not be made.", { cause: error });
  }
  return { ...credentials, workspace_id: null, project_id: null };
}
