import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedConnection } from "./connection.ts";

/** One file of supabase/migrations: `<14 digits>_<name>.sql`, as the Supabase CLI names them. */
export type Migration = { version: string; name: string; file: string; sql: string };

/** Reads the migrations in the order in which they are applied. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const match = /^(\d{14})_([a-z0-9_]+)\.sql$/.exec(file);
      if (match?.[1] === undefined || match[2] === undefined) {
        throw new Error(`supabase/migrations/${file}: a migration is named <14 digits>_<name>.sql`);
      }
      return { version: match[1], name: match[2], file, sql: await readFile(join(folder, file), "utf8") };
    }),
  );
}

/**
 * Applies what has not been applied yet, each file in its own transaction, recorded in
 * `supabase_migrations.schema_migrations` as the Supabase CLI does. A shipped migration never changes: one that differs
 * from what was applied is refused, because the database would not be what the files say.
 */
export async function applyMigrations(
  connection: EmbeddedConnection,
  migrations: readonly Migration[],
): Promise<number> {
  const { rows } = await connection.driver.query<{ version: string; sql: string | null }>(
    "select version, array_to_string(statements, '') as sql from supabase_migrations.schema_migrations",
  );
  const applied = new Map(rows.map((row) => [row.version, row.sql]));
  let count = 0;
  for (const migration of migrations) {
    const before = applied.get(migration.version);
    if (before === undefined) {
      await applyMigration(connection, migration);
      count += 1;
    } else if (before !== migration.sql) {
      throw new Error(
        `supabase/migrations/${migration.file} has changed since it was applied to this data folder. ` +
          "Start with another one (--data), or delete this one.",
      );
    }
  }
  return count;
}

async function applyMigration(connection: EmbeddedConnection, migration: Migration): Promise<void> {
  try {
    await connection.exclusively(async (database) => {
      await database.exec(migration.sql);
      await database.query(
        "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
        [migration.version, migration.name, [migration.sql]],
      );
    });
  } catch (error) {
    throw new Error(`supabase/migrations/${migration.file}${describePosition(error, migration.sql)}`, { cause: error });
  }
}

function describePosition(error: unknown, sql: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = typeof error === "object" && error !== null ? Number(Reflect.get(error, "position")) : Number.NaN;
  if (!Number.isFinite(position)) return `: ${message}`;
  return `:${sql.slice(0, position).split("\n").length}: ${message}`;
}
