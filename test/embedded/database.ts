import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { getAuthSchemaSql } from "@supabase/lite";
import { EmbeddedConnection } from "./connection.ts";
import { applyMigrations, type Migration, readMigrations } from "./migrations.ts";
import { cacheFolder, keepNewest, repositoryFolder } from "./paths.ts";

/**
 * What a hosted Supabase project has before its first migration: the API roles, the functions that read the caller's token,
 * and default privileges that give the roles everything made in `public` later, so that a migration has to take away here
 * what it has to take away there. Source: supabase/postgres, migrations/db/init-scripts; supabase/auth, migrations.
 */
const BOOTSTRAP = `
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create schema extensions;
  grant usage on schema public, extensions, auth to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;

  create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
  $$;
  create or replace function auth.uid() returns uuid language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), auth.jwt() ->> 'sub')::uuid
  $$;
  create or replace function auth.role() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''), auth.jwt() ->> 'role')
  $$;
  create or replace function auth.email() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.email', true), ''), auth.jwt() ->> 'email')
  $$;

  create schema supabase_migrations;
  create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
`;

/** Templates kept beside the newest, so that two branches worked on in turn do not build theirs every time. */
const TEMPLATES_KEPT = 4;

/**
 * Opens the database in a folder. An empty folder is filled from a template: a database with every migration applied,
 * built once per state of the migrations and kept in node_modules/.cache, so that a fresh stack need not wait for initdb.
 */
export async function openDatabase(folder: string): Promise<EmbeddedConnection> {
  const migrations = await readMigrations(join(repositoryFolder, "supabase/migrations"));
  if (!(await hasDatabase(folder))) {
    await cp(await prepareTemplate(migrations), folder, { recursive: true, mode: constants.COPYFILE_FICLONE });
  }
  const connection = new EmbeddedConnection(folder);
  try {
    await connection.open();
    await applyMigrations(connection, migrations);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function hasDatabase(folder: string): Promise<boolean> {
  const version = await stat(join(folder, "PG_VERSION")).catch(() => undefined);
  return version !== undefined;
}

async function prepareTemplate(migrations: readonly Migration[]): Promise<string> {
  const system = `${getAuthSchemaSql()}\n${BOOTSTRAP}`;
  const hash = createHash("sha256").update(system);
  for (const migration of migrations) hash.update(`\0${migration.file}\0${migration.sql}`);
  const template = join(cacheFolder, `postgres-${hash.digest("hex").slice(0, 16)}`);
  if (await hasDatabase(template)) return template;

  // Built aside and renamed, so that a second process never sees half a template.
  const draft = `${template}.${process.pid}`;
  await mkdir(cacheFolder, { recursive: true });
  const connection = new EmbeddedConnection(draft);
  try {
    await connection.open();
    await connection.driver.exec(system);
    await applyMigrations(connection, migrations);
    await connection.close();
    await rename(draft, template);
  } catch (error) {
    await connection.close();
    await rm(draft, { recursive: true, force: true });
    if (!(await hasDatabase(template))) throw error;
  }
  await keepNewest("postgres-", TEMPLATES_KEPT);
  return template;
}
