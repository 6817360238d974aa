import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedConnection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { describeDatabase } from "./database-types.ts";
import { describeDefinitions } from "./definitions.ts";
import { readMigrations } from "./migrations.ts";
import { repositoryFolder } from "./paths.ts";

let folder: string;
let connection: EmbeddedConnection;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "billhook-types-"));
  connection = await openDatabase(folder);
  await connection.driver.exec(`
    create type public.colour as enum ('red', 'green');
    create domain public.short_text as text check (length(value) < 9);
    create table public.parents (id uuid primary key default gen_random_uuid());
    create table public.things (
      id bigint generated always as identity primary key,
      parent_id uuid references public.parents (id) on delete cascade,
      only_one uuid not null unique references public.parents (id) on delete cascade,
      name public.short_text not null,
      colour public.colour not null default 'red',
      colours public.colour[] not null,
      facts jsonb,
      days date[],
      twice integer generated always as (2) stored
    );
    create view public.named_things as select id, name from public.things;
    create view public.counted_things as select count(*) as total from public.things;
    create function public.find_things(p_name text, p_limit integer default 5, p_after uuid default null)
      returns setof public.things language sql stable as $$ select * from public.things $$;
    create function public.list_pairs() returns table (key text, amounts numeric[]) language sql stable
      as $$ select '', '{}'::numeric[] $$;
    create function public.forget_everything() returns void language sql as $$ select $$;
    create function public.hidden_thing() returns integer language sql as $$ select 1 $$;
    create function public.on_change() returns trigger language plpgsql as $$ begin return new; end $$;
    grant execute on function public.find_things, public.list_pairs, public.forget_everything to authenticated;
    revoke execute on function public.hidden_thing from public, anon, authenticated, service_role;
  `);
  text = (await describeDatabase(connection)).replaceAll(/\s+/g, " ");
});

afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true, force: true });
});

test("a row has each column's JSON type, null where the column allows it", () => {
  expect(text).toContain(
    'things: { Row: { colour: Database["public"]["Enums"]["colour"]; colours: Database["public"]["Enums"]["colour"][]; ' +
      "days: string[] | null; facts: Json | null; id: number; name: string; only_one: string; parent_id: string | null; " +
      "twice: number | null; };",
  );
});

test("what the database fills in may be left out, and what it alone decides is never given", () => {
  expect(text).toContain(
    'Insert: { colour?: Database["public"]["Enums"]["colour"]; colours: Database["public"]["Enums"]["colour"][]; ' +
      "days?: string[] | null; facts?: Json | null; id?: never; name: string; only_one: string; parent_id?: string | null; " +
      "twice?: never; };",
  );
});

test("a foreign key is a relationship, to one row where it is unique", () => {
  expect(text).toContain(
    'columns: ["only_one"]; isOneToOne: true; referencedRelation: "parents"; referencedColumns: ["id"]',
  );
  expect(text).toContain('columns: ["parent_id"]; isOneToOne: false; referencedRelation: "parents"');
});

test("a view is written only where Postgres can", () => {
  expect(text).toContain("counted_things: { Row: { total: number | null; }; Relationships: []; };");
  expect(text).toContain("named_things: { Row: { id: number | null; name: string | null; }; Insert:");
});

test("a function's defaults are optional, null where that is the default, and rows come as their table's", () => {
  expect(text).toContain(
    "find_things: { Args: { p_name: string; p_limit?: number; p_after?: string | null }; " +
      'Returns: Database["public"]["Tables"]["things"]["Row"][]; ' +
      'SetofOptions: { from: "*"; to: "things"; isOneToOne: false; isSetofReturn: true } };',
  );
  expect(text).toContain("list_pairs: { Args: never; Returns: { key: string; amounts: number[] }[] };");
  expect(text).toContain("forget_everything: { Args: never; Returns: undefined };");
});

test("what cannot be called over the API is left out", () => {
  expect(text).not.toContain("hidden_thing");
  expect(text).not.toContain("on_change");
});

test("a function is shown as the last migration leaves it, with those that call it", async () => {
  const migrations = await readMigrations(join(repositoryFolder, "supabase/migrations"));
  const [text = ""] = await describeDefinitions(connection, migrations, "plan_invoice");
  expect(text).toMatch(/^-- private\.plan_invoice: \S/u);
  expect(text).toMatch(/-- defined in \d{14}_\w+\.sql, then /u);
  expect(text).toMatch(/-- named by .*public\.bill_client/u);
  expect(text).toContain("CREATE OR REPLACE FUNCTION private.plan_invoice");
  expect(await describeDefinitions(connection, migrations, "no_such_thing")).toEqual([]);
});
