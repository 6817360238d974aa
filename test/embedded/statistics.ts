import type { EmbeddedConnection } from "./connection.ts";
import type { Log } from "./log.ts";

/**
 * Autovacuum's own thresholds for analyze (autovacuum_analyze_threshold and _scale_factor), and a pause between two, as its
 * autovacuum_naptime, which only a table that grew by half does not wait for: that is when plans go wrong.
 */
const changedTables = `
  select format('%I.%I', s.schemaname, s.relname) as name
  from pg_stat_user_tables s
  where s.n_mod_since_analyze > 50 + 0.1 * s.n_live_tup
    and (s.n_mod_since_analyze > 0.5 * s.n_live_tup or s.last_analyze < now() - interval '15 seconds')
  limit 20`;
const everySeconds = 2;

/**
 * Keeps the planner's statistics, which autovacuum does for every hosted Postgres and PGlite has no process for. Without
 * them the plans of foreign-key checks stay those of empty tables, and each check reads a whole workspace. Returns how to
 * stop.
 */
export function keepStatistics(connection: EmbeddedConnection, log: Log): () => void {
  let running = false;
  const analyze = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      const { rows } = await connection.driver.query<{ name: string }>(changedTables);
      for (const { name } of rows) await connection.driver.query(`analyze ${name}`);
    } catch (error) {
      log({ level: "debug", source: "statistics", message: error instanceof Error ? error.message : String(error) });
    } finally {
      running = false;
    }
  };
  const timer = setInterval(() => void analyze(), everySeconds * 1000);
  return () => clearInterval(timer);
}
