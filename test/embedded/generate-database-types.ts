import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "./database.ts";
import { describeDatabase } from "./database-types.ts";
import { repositoryFolder } from "./paths.ts";

// Writes packages/database/types.generated.ts from the migrations; with --check, says whether it is what they give.

const file = join(repositoryFolder, "packages/database/types.generated.ts");
const folder = await mkdtemp(join(tmpdir(), "billhook-types-"));
try {
  const connection = await openDatabase(folder);
  const text = await describeDatabase(connection);
  await connection.close();
  if (!process.argv.includes("--check")) {
    await writeFile(file, text);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error("packages/database/types.generated.ts does not match the migrations: npm run types:database");
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
