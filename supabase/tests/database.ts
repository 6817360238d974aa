import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { EmbeddedConnection } from "../../test/embedded/connection.ts";
import { openDatabase } from "../../test/embedded/database.ts";

type Row = Record<string, unknown>;

/** Who asks, as PostgREST would put it into the session. */
export type Caller =
  | { role: "anon" }
  | { role: "authenticated"; userId: string; email: string }
  | { role: "service_role" };

export const anonymous: Caller = { role: "anon" };
export const service: Caller = { role: "service_role" };

/** A database with every migration applied, and ways to ask it as somebody. */
export class TestDatabase {
  readonly connection: EmbeddedConnection;

  constructor(connection: EmbeddedConnection) {
    this.connection = connection;
  }

  /** As the superuser, past every policy: for what a story finds already there, and for looking at what came of it. */
  async query<T = Row>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.connection.driver.query<T>(sql, parameters)).rows;
  }

  async one<T = Row>(sql: string, parameters: unknown[] = []): Promise<T> {
    const [row] = await this.query<T>(sql, parameters);
    if (row === undefined) throw new Error(`no row: ${sql}`);
    return row;
  }

  /** One statement in its own transaction with the caller's role and claims; `affected` counts what it wrote. */
  async as(caller: Caller, sql: string, parameters: unknown[] = []): Promise<{ rows: Row[]; affected: number }> {
    const claims =
      caller.role === "authenticated"
        ? { sub: caller.userId, role: caller.role, email: caller.email }
        : { role: caller.role };
    return this.connection.exclusively(async (database) => {
      await database.query("select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)", [
        JSON.stringify(claims),
        caller.role,
      ]);
      const result = await database.query<Row>(sql, parameters);
      return { rows: result.rows, affected: result.affectedRows ?? 0 };
    });
  }

  /** Calls a function of schema public with named arguments; a set comes back as an array. */
  async rpc<T>(caller: Caller, name: string, parameters: Row = {}): Promise<T> {
    const names = Object.keys(parameters);
    const list = names.map((parameter, index) => `"${parameter}" => $${index + 1}`).join(", ");
    const { rows } = await this.as(caller, `select public."${name}"(${list}) as result`, Object.values(parameters));
    return rows[0]?.["result"] as T;
  }
}

/** One database for the tests of a file. */
export function useDatabase(): () => TestDatabase {
  let database: TestDatabase | undefined;
  let folder: string | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "billhook-database-"));
    database = new TestDatabase(await openDatabase(join(folder, "postgres")));
  });
  afterAll(async () => {
    await database?.connection.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (database === undefined) throw new Error("The database is not open yet.");
    return database;
  };
}
