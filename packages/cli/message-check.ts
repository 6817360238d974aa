/** `billhook hook install --check`: brings the project's rules and the check itself into the clone. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as z from "zod";
import type { Clone } from "./clone.ts";
import { CommandFailure } from "./failure.ts";
import { installMessageCheck } from "./hook.ts";
import type { MessageRules } from "./message-rules.ts";
import { readRows, type Session } from "./stack.ts";

export type CheckMode = MessageRules["mode"];

const configRow = z.object({
  estimation_strategy: z.string(),
  explicit_pattern: z.string().nullable(),
  exclude_patterns: z.array(z.string()),
  tickets_only: z.boolean(),
});
const repositoryRow = z.object({ project_id: z.string() });

/**
 * A project that counts only what the message says wants a time; one that bills tickets only wants a ticket; one that
 * wants neither is asked for both, since somebody asked for the check. The rules are those of this moment: install it
 * again when the project's change.
 */
export async function readMessageRules(session: Session, connectionId: string, mode: CheckMode): Promise<MessageRules> {
  const [repository] = await readRows(session, `repositories?id=eq.${connectionId}&select=project_id`, repositoryRow);
  const columns = "estimation_strategy,explicit_pattern,exclude_patterns,tickets_only";
  const query = `project_git_configs?project_id=eq.${repository?.project_id ?? ""}&select=${columns}`;
  const [config] = repository === undefined ? [] : await readRows(session, query, configRow);
  if (config === undefined)
    throw new CommandFailure("refused", "The project's rules cannot be read.", "Sign in as a member.");
  const needsTime = config.estimation_strategy === "explicit";
  const wantsBoth = !needsTime && !config.tickets_only;
  return {
    mode,
    wantsTime: needsTime || wantsBoth,
    wantsTicket: config.tickets_only || wantsBoth,
    explicitPattern: config.explicit_pattern,
    excludePatterns: config.exclude_patterns,
  };
}

/** Puts rules, check and hook into the clone; answers the hook's file. */
export async function installCheck(clone: Clone, rules: MessageRules, force: boolean): Promise<string> {
  const folder = join(clone.gitFolder, "billhook");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "message-rules.json"), JSON.stringify(rules, null, 2));
  const script = join(folder, "commit-msg.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("commit-msg.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  return (await installMessageCheck(clone, script, { force })).file;
}

/** "a time and a ticket, or it refuses" */
export function describeRules(rules: MessageRules): string {
  const wants = [rules.wantsTime ? "a time" : null, rules.wantsTicket ? "a ticket" : null].filter(
    (want) => want !== null,
  );
  return `${wants.join(" and ")}, ${rules.mode === "enforce" ? "or it refuses" : "or it reminds"}`;
}
