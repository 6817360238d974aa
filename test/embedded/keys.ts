import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { generateApiKey } from "@supabase/lite";
import * as z from "zod";
import { writePrivateFile } from "./files.ts";

/** Every secret of one data folder. Made once, so that sessions, webhooks and stored credentials survive a restart. */
const keysSchema = z.object({
  publishable_key: z.string(),
  secret_key: z.string(),
  jwt_secret: z.string(),
  /** `id:base64 of 32 bytes`, separated by commas; the first encrypts, all decrypt. */
  encryption_keys: z.string(),
  github_webhook_secret: z.string(),
  gitlab_webhook_secret: z.string(),
  bitbucket_webhook_secret: z.string(),
  stripe_webhook_secret: z.string(),
  demo_password: z.string(),
});

export type Keys = z.infer<typeof keysSchema>;

export async function loadKeys(dataFolder: string): Promise<Keys> {
  const file = join(dataFolder, "keys.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) return keysSchema.parse(JSON.parse(text));
  const keys: Keys = {
    publishable_key: (await generateApiKey("publishable")).key,
    secret_key: (await generateApiKey("secret")).key,
    jwt_secret: randomBytes(32).toString("base64url"),
    encryption_keys: `k1:${randomBytes(32).toString("base64")}`,
    github_webhook_secret: randomBytes(24).toString("hex"),
    gitlab_webhook_secret: randomBytes(24).toString("hex"),
    bitbucket_webhook_secret: randomBytes(24).toString("hex"),
    stripe_webhook_secret: `whsec_${randomBytes(24).toString("hex")}`,
    demo_password: `demo-${randomBytes(4).toString("hex")}`,
  };
  await writePrivateFile(file, JSON.stringify(keys, null, 2));
  return keys;
}
