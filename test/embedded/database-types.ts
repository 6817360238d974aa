import type { EmbeddedConnection } from "./connection.ts";

type Column = {
  relation: string;
  kind: "table" | "view";
  name: string;
  type: string;
  nullable: boolean;
  has_default: boolean;
  generated: boolean;
  updatable: boolean;
};
type Relationship = {
  relation: string;
  name: string;
  columns: string[];
  target: string;
  target_columns: string[];
  one_to_one: boolean;
};
type Argument = { name: string; mode: "i" | "o" | "b" | "v" | "t"; type: string; optional: boolean; nullable: boolean };
type Routine = {
  name: string;
  arguments: Argument[] | null;
  returns: string;
  returns_set: boolean;
  returns_relation: string | null;
};
type Enumeration = { name: string; labels: string[] };

/**
 * TypeScript for schema `public` in the form of `supabase gen types typescript`, which supabase-js understands, read from
 * the catalog of a migrated database. Beyond that form: an argument whose default is null takes null, since that is what
 * leaving it out means; and a function nobody may call over the API is left out.
 */
export async function describeDatabase(connection: EmbeddedConnection): Promise<string> {
  const read = async <Row>(sql: string): Promise<Row[]> => (await connection.driver.query<Row>(sql)).rows;
  const columns = await read<Column>(COLUMNS);
  const relationships = await read<Relationship>(RELATIONSHIPS);
  const routines = await read<Routine>(ROUTINES);
  const enumerations = await read<Enumeration>(ENUMERATIONS);

  const relations = (kind: Column["kind"]): string[] =>
    [
      ...Map.groupBy(
        columns.filter((column) => column.kind === kind),
        (column) => column.relation,
      ),
    ].flatMap(([name, own]) =>
      describeRelation(
        name,
        kind,
        own,
        relationships.filter(({ relation }) => relation === name),
      ),
    );
  const functions = [...Map.groupBy(routines, (routine) => routine.name)].map(
    ([name, overloads]) => `${name}: ${overloads.map(describeRoutine).join(" | ")};`,
  );
  const enums = enumerations.map(
    ({ name, labels }) => `${name}: ${labels.map((label) => JSON.stringify(label)).join(" | ")};`,
  );

  return [
    "// Generated from supabase/migrations by `npm run types:database`. Not to be edited.",
    "",
    "export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];",
    "",
    "export type Database = {",
    ...indent([
      '__InternalSupabase: { PostgrestVersion: "14.1" };',
      "public: {",
      ...indent([
        ...block("Tables", relations("table")),
        ...block("Views", relations("view")),
        ...block("Functions", functions),
        ...block("Enums", enums),
        ...block("CompositeTypes", []),
      ]),
      "};",
    ]),
    "};",
    "",
  ].join("\n");
}

function describeRelation(
  name: string,
  kind: Column["kind"],
  columns: Column[],
  relationships: Relationship[],
): string[] {
  const row = columns.map((column) => `${column.name}: ${nullable(column.type, column.nullable)};`);
  const insert = columns.map((column) => {
    const optional = column.nullable || column.has_default || column.generated;
    return `${column.name}${optional ? "?" : ""}: ${column.generated ? "never" : nullable(column.type, column.nullable)};`;
  });
  const update = columns.map(
    (column) => `${column.name}?: ${column.generated ? "never" : nullable(column.type, column.nullable)};`,
  );
  const links = relationships.map(
    (link) =>
      `{ foreignKeyName: ${JSON.stringify(link.name)}; columns: ${JSON.stringify(link.columns)}; isOneToOne: ${link.one_to_one}; ` +
      `referencedRelation: ${JSON.stringify(link.target)}; referencedColumns: ${JSON.stringify(link.target_columns)} },`,
  );
  const isWritable = kind === "table" || columns.some((column) => column.updatable);
  return [
    `${name}: {`,
    ...indent([
      ...block("Row", row),
      ...(isWritable ? [...block("Insert", insert), ...block("Update", update)] : []),
      ...(links.length === 0 ? ["Relationships: [];"] : ["Relationships: [", ...indent(links), "];"]),
    ]),
    "};",
  ];
}

function describeRoutine(routine: Routine): string {
  const all = routine.arguments ?? [];
  const given = all.filter(({ mode }) => mode === "i" || mode === "b" || mode === "v");
  const returned = all.filter(({ mode }) => mode === "o" || mode === "b" || mode === "t");
  const fields = given.map(
    ({ name, type, optional, nullable: takesNull }) => `${name}${optional ? "?" : ""}: ${nullable(type, takesNull)}`,
  );
  const row =
    routine.returns_relation !== null
      ? `Database["public"]["Tables"]["${routine.returns_relation}"]["Row"]`
      : returned.length > 0
        ? `{ ${returned.map(({ name, type }) => `${name}: ${describeType(type)}`).join("; ")} }`
        : describeType(routine.returns);
  const setof =
    routine.returns_relation === null
      ? ""
      : `; SetofOptions: { from: "*"; to: ${JSON.stringify(routine.returns_relation)}; isOneToOne: ${!routine.returns_set}; isSetofReturn: ${routine.returns_set} }`;
  const args = fields.length === 0 ? "never" : `{ ${fields.join("; ")} }`;
  return `{ Args: ${args}; Returns: ${row}${routine.returns_set ? "[]" : ""}${setof} }`;
}

const NUMBERS = new Set(["int2", "int4", "int8", "float4", "float8", "numeric", "oid", "money"]);

/** The type PostgREST's JSON has for a Postgres type, named as in pg_type; an array's name begins with an underscore. */
function describeType(type: string): string {
  if (type.startsWith("_")) return `${describeType(type.slice(1))}[]`;
  if (type.startsWith("enum:")) return `Database["public"]["Enums"]["${type.slice("enum:".length)}"]`;
  if (type === "bool") return "boolean";
  if (NUMBERS.has(type)) return "number";
  if (type === "json" || type === "jsonb") return "Json";
  if (type === "void") return "undefined";
  if (type === "record") return "Record<string, unknown>";
  return "string";
}

function nullable(type: string, isNullable: boolean): string {
  return isNullable ? `${describeType(type)} | null` : describeType(type);
}

function block(name: string, lines: string[]): string[] {
  return lines.length === 0 ? [`${name}: { [_ in never]: never };`] : [`${name}: {`, ...indent(lines), "};"];
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A type's name, with enums of schema public marked, and domains and arrays of enums resolved. */
const TYPE_NAME = `case
    when t.typtype = 'e' and t.typnamespace = 'public'::regnamespace then 'enum:' || t.typname
    when e.typtype = 'e' and e.typnamespace = 'public'::regnamespace then '_enum:' || e.typname
    when t.typtype = 'd' then format('%s', (select b.typname from pg_type b where b.oid = t.typbasetype))
    else t.typname::text end`;

const COLUMNS = `
  select c.relname as relation, case when c.relkind in ('r', 'p') then 'table' else 'view' end as kind,
    a.attname as name, ${TYPE_NAME} as type,
    not (a.attnotnull or (t.typtype = 'd' and t.typnotnull)) as nullable,
    a.atthasdef or a.attidentity <> '' as has_default,
    a.attgenerated <> '' or a.attidentity = 'a' as generated,
    pg_column_is_updatable(c.oid, a.attnum, false) as updatable
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  order by c.relname collate "C", a.attname collate "C"`;

const RELATIONSHIPS = `
  select s.relname as relation, k.conname as name, t.relname as target,
    (select json_agg(a.attname order by u.position) from unnest(k.conkey) with ordinality as u (number, position)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) as columns,
    (select json_agg(a.attname order by u.position) from unnest(k.confkey) with ordinality as u (number, position)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) as target_columns,
    exists (select from pg_index i where i.indrelid = k.conrelid and i.indisunique and i.indpred is null
      and i.indkey::int2[] <@ k.conkey and k.conkey <@ i.indkey::int2[]) as one_to_one
  from pg_constraint k
  join pg_class s on s.oid = k.conrelid
  join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and s.relnamespace = 'public'::regnamespace and t.relnamespace = 'public'::regnamespace
    and not s.relispartition and k.conparentid = 0
  order by s.relname collate "C", k.conname collate "C"`;

const ROUTINES = `
  select p.proname as name, p.proretset as returns_set, ${TYPE_NAME} as returns,
    (select r.relname from pg_class r where r.oid = t.typrelid and r.relnamespace = 'public'::regnamespace
      and r.relkind in ('r', 'p')) as returns_relation,
    (select json_agg(json_build_object('name', argument.name, 'mode', argument.mode, 'type', argument.type,
        'optional', argument.fallback is not null, 'nullable', coalesce(argument.fallback ~* '^null(::|$)', false))
        order by argument.position)
      from (
        select u.position, coalesce(p.proargnames[u.position], '') as name,
          coalesce(p.proargmodes[u.position]::text, 'i') as mode,
          (select ${TYPE_NAME} from pg_type t left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
            where t.oid = u.type) as type,
          pg_get_function_arg_default(p.oid, u.position::int) as fallback
        from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as u (type, position)
      ) as argument) as arguments
  from pg_proc p
  join pg_type t on t.oid = p.prorettype
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and t.typname <> 'trigger'
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute')
      or has_function_privilege('service_role', p.oid, 'execute'))
  order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`;

const ENUMERATIONS = `
  select t.typname as name, json_agg(e.enumlabel order by e.enumsortorder) as labels
  from pg_type t join pg_enum e on e.enumtypid = t.oid
  where t.typnamespace = 'public'::regnamespace
  group by t.typname order by t.typname collate "C"`;
