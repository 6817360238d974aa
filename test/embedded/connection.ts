import { AsyncLocalStorage } from "node:async_hooks";
import { PgliteConnection } from "@supabase/lite/pglite";
import type { ConnectionContextOptions, VarsContext } from "@supabase/lite";

type Query = PgliteConnection["driver"]["query"];
type Database = PgliteConnection["driver"];
type Executor = PgliteConnection["kysely"];

/** SQLSTATEs that `@supabase/lite` already answers as PostgREST does. */
const KNOWN_STATES = new Set(["42501", "42P01", "23503", "23505", "25006", "42883"]);

/**
 * The HTTP status PostgREST gives an SQLSTATE; what it does not list is 400.
 * Source: PostgREST reference, "Errors", section "HTTP status codes".
 */
const STATUS_BY_CLASS: ReadonlyMap<string, number> = new Map([
  ["08", 503],
  ["09", 500],
  ["0L", 403],
  ["0P", 403],
  ["25", 500],
  ["28", 403],
  ["2D", 500],
  ["38", 500],
  ["39", 500],
  ["3B", 500],
  ["40", 500],
  ["53", 503],
  ["54", 500],
  ["55", 500],
  ["57", 500],
  ["58", 500],
  ["F0", 500],
  ["HV", 500],
  ["P0", 500],
  ["XX", 500],
]);

/** How a value's text becomes JSON, by the type's oid, where upstream's way is not `to_json`'s. The session is in UTC. */
const PARSERS = {
  17: (bytea: string) => bytea,
  1114: (timestamp: string) => timestamp.replace(" ", "T"),
  1184: (timestamptz: string) => timestamptz.replace(" ", "T").replace(/\+00$/, "+00:00"),
  1700: Number,
};

/** What arrays are made of, in results and arguments. */
const ARRAY_ELEMENTS = (
  "bool int2 int4 int8 float4 float8 numeric text varchar bpchar name char uuid " +
  "date time timestamp timestamptz interval json jsonb oid bytea inet"
).split(" ");

/**
 * `@supabase/lite` over one PGlite, made to behave where it differs from hosted Supabase:
 *
 * - One session serves every request, so a request's statements (begin, role, query, commit) must not mix with another's.
 *   A lock around each request's transaction keeps them apart; upstream has none.
 * - Upstream grants everything on every table to the API roles at its first request, which would undo the grants of the
 *   migrations. The grants here are made once, before the migrations, as hosted Supabase makes them.
 * - Upstream answers an SQLSTATE it does not know with 500 and drops its code.
 * - Upstream answers some values in Postgres's text form where PostgREST gives JSON: a time as `2026-01-02 03:04:05+00`,
 *   2.50 as a string.
 * - Upstream sends the request's context one setting at a time; here it is one statement.
 */
export class EmbeddedConnection extends PgliteConnection {
  readonly #turn = new Turn();

  constructor(dataFolder: string) {
    super({ url: dataFolder, pgliteOptions: { parsers: PARSERS } });
    const query: Query = this.driver.query.bind(this.driver);
    this.driver.query = (...parameters: Parameters<Query>) => this.#turn.take(() => query(...parameters));
    Object.assign(this, {
      rlsState: "active",
      applyJwtSessionContext: (_transaction: unknown, context: VarsContext) => setRequestContext(query, context),
      applyRpcRequestGucs: (_transaction: unknown, request: RpcRequest) => setRpcContext(query, request),
    });
  }

  /** Readies the session, once. PGlite takes no settings from `alter database`. */
  async open(): Promise<void> {
    await this.driver.exec("set timezone to 'UTC'; set search_path to public, extensions");
    await this.#dropSeldomTypes();
  }

  /**
   * PGlite copies its table of type conversions for every statement, and makes an entry for the array type of every
   * relation there is. Without those that no result has, a statement takes a third less.
   */
  async #dropSeldomTypes(): Promise<void> {
    const { rows } = await this.driver.query<{ oid: number }>(
      `select t.oid::int from pg_type t join pg_type element on element.oid = t.typelem
        where t.typcategory = 'A' and element.typtype <> 'e' and element.typname <> all ($1)`,
      [ARRAY_ELEMENTS],
    );
    const seldom = new Set(rows.map(({ oid }) => String(oid)));
    const keep = <Value>(table: Record<string, Value>): Record<string, Value> =>
      Object.fromEntries(Object.entries(table).filter(([oid]) => !seldom.has(oid)));
    this.driver.parsers = keep(this.driver.parsers);
    this.driver.serializers = keep(this.driver.serializers);
  }

  override withContext<T>(
    vars: VarsContext | undefined,
    run: (database: Executor) => Promise<T>,
    options?: ConnectionContextOptions,
  ): Promise<T> {
    return this.#turn.take(() => super.withContext(vars, run, options));
  }

  override runInTransaction<T>(run: (database: Executor) => Promise<T>): Promise<T> {
    return this.#turn.take(() => super.runInTransaction(run));
  }

  override normalizeDbError(error: unknown): unknown {
    const code = readText(error, "code");
    if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("PT") || KNOWN_STATES.has(code))
      return error;
    // The form PostgREST defines for an error that brings its own status, which lite understands: "RAISE with SQLSTATE PGRST".
    const status = code === "P0001" ? 400 : code === "42P17" ? 500 : (STATUS_BY_CLASS.get(code.slice(0, 2)) ?? 400);
    return Object.assign(new Error("", { cause: error }), {
      code: "PGRST",
      message: JSON.stringify({
        code,
        message: readText(error, "message") ?? "",
        details: readText(error, "detail") ?? null,
        hint: readText(error, "hint") ?? null,
      }),
      detail: JSON.stringify({ status, headers: {} }),
    });
  }

  /** Runs several statements as one transaction that no request can get into. */
  exclusively<T>(run: (database: Database) => Promise<T>): Promise<T> {
    return this.#turn.take(async () => {
      await this.driver.exec("begin");
      try {
        const result = await run(this.driver);
        await this.driver.exec("commit");
        return result;
      } catch (error) {
        await this.driver.exec("rollback");
        throw error;
      }
    });
  }
}

/** A lock that whoever holds it may enter again. */
class Turn {
  readonly #holder = new AsyncLocalStorage<true>();
  #last: Promise<unknown> = Promise.resolve();

  take<T>(run: () => Promise<T>): Promise<T> {
    if (this.#holder.getStore() === true) return run();
    const result = this.#last.then(() => this.#holder.run(true, run));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

type RpcRequest = { method: string; path: string; requestHeaders?: Record<string, string>; readOnly?: boolean };

function setRequestContext(query: Query, context: VarsContext): Promise<unknown> {
  const auth = asRecord(asRecord(context)["auth"]);
  const role = typeof auth["role"] === "string" && auth["role"] !== "" ? auth["role"] : "anon";
  const claims = asRecord(auth["jwt"]);
  const subject = typeof auth["uid"] === "string" ? auth["uid"] : "";
  const email = typeof claims["email"] === "string" ? claims["email"] : "";
  return query(
    `select set_config('request.jwt.claim.sub', $1, true), set_config('request.jwt.claim.role', $2, true),
            set_config('request.jwt.claim.email', $3, true), set_config('request.jwt.claims', $4, true),
            set_config('role', $2, true)`,
    [subject, role, email, JSON.stringify(claims)],
  );
}

function setRpcContext(query: Query, request: RpcRequest): Promise<unknown> {
  return query(
    `select set_config('response.status', '', true), set_config('response.headers', '', true),
            set_config('request.method', $1, true), set_config('request.path', $2, true),
            set_config('request.headers', $3, true)`,
    [request.method, request.path, JSON.stringify(request.requestHeaders ?? {})],
  );
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function readText(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const text: unknown = Reflect.get(value, key);
  return typeof text === "string" ? text : undefined;
}
