import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "./database.ts";
import { describeDefinitions } from "./definitions.ts";
import { readMigrations } from "./migrations.ts";
import { repositoryFolder } from "./paths.ts";

// Prints functions and views of the database as all migrations together leave them.

const names = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "billhook-definition-"));
try {
  if (names.length === 0) throw new Error("which function or view? npm run definition -- approve_drafts");
  const migrations = await readMigrations(join(repositoryFolder, "supabase/migrations"));
  const connection = await openDatabase(folder);
  for (const name of names) {
    const found = await describeDefinitions(connection, migrations, name);
    if (found.length === 0) {
      console.error(`no function or view is named ${name}`);
      process.exitCode = 1;
    }
    for (const text of found) console.log(`${text}\n`);
  }
  await connection.close();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
