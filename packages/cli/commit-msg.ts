/**
 * The commit-msg hook: `node commit-msg.mjs MESSAGE_FILE BRANCH`. Bundled into one file at installation, with the rules
 * beside it, so that it needs no network and little time. Exit code 1 stops the commit.
 */
import { readFileSync } from "node:fs";
import { findMissing, type MessageRules } from "./message-rules.ts";

const [, , messageFile = "", branch = ""] = process.argv;
try {
  const rules = JSON.parse(readFileSync(new URL("message-rules.json", import.meta.url), "utf8")) as MessageRules;
  const missing = findMissing(readFileSync(messageFile, "utf8"), branch, rules);
  if (missing.length > 0) {
    const refuses = rules.mode === "enforce";
    const advice = refuses
      ? "The commit was not made. `git commit --no-verify` makes it anyway."
      : "The commit is made.";
    process.stderr.write(
      `Billhook: this message could say more.\n${missing.map((line) => `  ${line}\n`).join("")}  ${advice}\n`,
    );
    if (refuses) process.exitCode = 1;
  }
} catch (error) {
  // A broken check must not stand in the way of work.
  process.stderr.write(`Billhook could not look at the message: ${String(error)}\n`);
}
