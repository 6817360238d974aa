import type { EmbeddedConnection } from "./connection.ts";
import type { Migration } from "./migrations.ts";

type Found = { name: string; comment: string | null; definition: string };

/**
 * A function or view as it stands after every migration: its comment, its definition, the migrations that define it (the
 * last one counts) and the functions and views that name it. Takes a name with or without its schema; several where it is
 * overloaded or stands in both schemas; none where there is no such thing.
 */
export async function describeDefinitions(
  connection: EmbeddedConnection,
  migrations: readonly Migration[],
  name: string,
): Promise<string[]> {
  const { rows } = await connection.driver.query<Found>(DEFINITIONS);
  return rows
    .filter((found) => found.name === name || found.name.endsWith(`.${name}`))
    .map((found) => {
      const files = migrations.filter(({ sql }) => defines(sql, found.name)).map(({ file }) => file);
      // Names in the catalog are words, with one dot after the schema.
      const bare = new RegExp(String.raw`\b${found.name.slice(found.name.indexOf(".") + 1)}\b`);
      const users = rows.filter((other) => other.name !== found.name && bare.test(other.definition));
      return [
        `-- ${found.name}: ${found.comment ?? "no comment"}`,
        `-- defined in ${files.join(", then ") || "no migration"}`,
        `-- named by ${users.map((user) => user.name).join(", ") || "nothing in the database"}`,
        found.definition.trimEnd(),
      ].join("\n");
    });
}

function defines(sql: string, name: string): boolean {
  return new RegExp(
    String.raw`create (?:or replace )?(?:function|view) ${name.replace(".", String.raw`\.`)}\b`,
    "i",
  ).test(sql);
}

const DEFINITIONS = `
  select format('%s.%s', n.nspname, p.proname) as name, obj_description(p.oid, 'pg_proc') as comment,
    pg_get_functiondef(p.oid) as definition
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'private') and p.prokind in ('f', 'p')
  union all
  select format('%s.%s', n.nspname, c.relname), obj_description(c.oid, 'pg_class'), pg_get_viewdef(c.oid, true)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private') and c.relkind = 'v'
  order by 1
`;
