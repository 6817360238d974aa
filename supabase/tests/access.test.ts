import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, type Caller, service, useDatabase } from "./database.ts";
import {
  connectStripe,
  connectRepository,
  giveToken,
  makeClient,
  makeOpenInvoice,
  makeProject,
  makeTicket,
  makeWorkspace,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let own: Workspace;
let other: Workspace;

const callers = ["owner", "admin", "member", "viewer", "outsider", "anonymous", "service"] as const;
type CallerName = (typeof callers)[number];

interface Story {
  /** Who sees the rows of the workspace. */
  select: readonly CallerName[];
  insert: readonly CallerName[];
  /** Who may change rows, and which columns the API may write at all. */
  update: readonly CallerName[];
  columns?: string;
  delete: readonly CallerName[];
}

const team = ["owner", "admin", "member", "viewer"] as const;
const managers = ["owner", "admin"] as const;
/** Read by everybody in the workspace; written by procedures and the service role only. */
const kept: Story = {
  select: [...team, "service"],
  insert: ["service"],
  update: ["service"],
  delete: ["service"],
};
const settings = (columns: string, insert: readonly CallerName[] = []): Story => ({
  ...kept,
  insert: [...insert, "service"],
  update: [...managers, "service"],
  columns,
});

/** Every table and view of the API. One that is not here fails the test: who sees it has to be decided first. */
const stories: Record<string, Story> = {
  workspaces: settings(
    "accent_color account_holder address bank_details bank_name bic country credit_note_number_pattern currency email " +
      "hourly_rate_minor iban invoice_number_pattern legal_name locale name payment_code payment_methods payment_terms_days prices_include_tax " +
      "tax_id tax_rate_id tax_rounding test_mode time_display timezone working_from working_until working_weekends",
  ),
  workspace_logos: kept,
  members: kept,
  invitations: { ...kept, select: ["owner", "service"] },
  clients: settings(
    "address archived_at contact_name country currency email evidence_appendix hourly_rate_minor locale name number_code " +
      "payment_methods payment_terms_days prices_include_tax rounding_direction rounding_minutes rounding_scope tax_id tax_rate_id timezone",
    managers,
  ),
  rates: kept,
  tax_rates: settings("archived_at name", managers),
  projects: settings(
    "archived_at billing_type budget_is_cap budget_minor budget_minutes hourly_rate_minor name rounding_direction " +
      "rounding_minutes rounding_scope",
    managers,
  ),
  project_git_configs: settings(
    "agent_hourly_rate_minor agent_rule base_minutes billable_labels default_minutes done_tickets_only epic_rule estimation_strategy " +
      "exclude_patterns explicit_pattern factor ignore_bots ignore_dependencies ignore_merges ignore_releases logged_time_rule max_minutes minutes_per_file minutes_per_line " +
      "nonbillable_labels old_commit_days pair_rule revert_rule tickets_only words_strategy write_worklogs",
  ),
  repositories: settings("archived_at check_source_address project_id"),
  host_grants: kept,
  host_grant_secrets: { ...kept, select: ["service"] },
  repository_heads: kept,
  import_jobs: kept,
  people: kept,
  person_identities: kept,
  work_days: kept,
  repository_secrets: { ...kept, select: ["service"] },
  oauth_attempts: { ...kept, select: ["service"] },
  webhook_deliveries: kept,
  commits: kept,
  draft_line_items: kept,
  commit_draft_items: kept,
  draft_replacements: kept,
  undone_acts: kept,
  // A personal one is its maker's; the sample is shared.
  inbox_views: kept,
  inbox_view_choices: { ...kept, select: ["viewer", "service"] },
  commit_links: kept,
  tracker_connections: kept,
  tickets: kept,
  commit_tickets: kept,
  worklogs: kept,
  work_claims: { ...kept, select: ["service"] },
  time_entries: kept,
  invoices: kept,
  invoice_lines: kept,
  invoice_payments: kept,
  invoice_line_entries: kept,
  invoice_counters: kept,
  invoice_links: kept,
  invoice_link_secrets: { ...kept, select: ["service"] },
  stripe_accounts: kept,
  stripe_customers: kept,
  stripe_differences: kept,
  stripe_events: kept,
  stripe_secrets: { ...kept, select: ["service"] },
  audit_events: { ...kept, insert: [], update: [], delete: [] },
  word_settings: settings("code_names model monthly_budget_micros"),
  word_keys: { ...kept, select: ["service"] },
  word_requests: kept,
  word_cache: { ...kept, select: ["service"] },
  draft_words: kept,
  word_examples: kept,
  notifications: kept,
  notification_reads: { ...kept, select: ["viewer", "service"] },
  people_list: { ...kept, insert: [], update: [], delete: [] },
  inbox_drafts: { ...kept, insert: [], update: [], delete: [] },
  invoice_list: { ...kept, insert: [], update: [], delete: [] },
  unbilled_work: { ...kept, insert: [], update: [], delete: [] },
};

const caller = (name: CallerName): Caller => {
  if (name === "anonymous") return anonymous;
  if (name === "service") return service;
  return name === "outsider" ? other.owner : own[name];
};

class Undone extends Error {}

/** What a statement comes to, undone afterwards: rows, or that the caller may not, or another rule that said no. */
async function attempt(
  name: CallerName,
  sql: string,
  parameters: unknown[] = [],
): Promise<number | "denied" | "ruled out"> {
  let rows = 0;
  try {
    await database().connection.exclusively(async (connection) => {
      const who = caller(name);
      const claims = who.role === "authenticated" ? { sub: who.userId, role: who.role } : { role: who.role };
      await connection.query("select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)", [
        JSON.stringify(claims),
        who.role,
      ]);
      const result = await connection.query(sql, parameters);
      rows = Math.max(result.affectedRows ?? 0, result.rows.length);
      throw new Undone();
    });
  } catch (error) {
    if (error instanceof Undone) return rows;
    return error instanceof Error && "code" in error && error.code === "42501" ? "denied" : "ruled out";
  }
  throw new Error("unreachable");
}

async function whoMay(sql: string, parameters: unknown[] = []): Promise<CallerName[]> {
  const allowed: CallerName[] = [];
  for (const name of callers) {
    const result = await attempt(name, sql, parameters);
    if (result !== "denied" && result !== 0) allowed.push(name);
  }
  return allowed;
}

interface Relation {
  name: string;
  isView: boolean;
  rowSecurity: boolean;
  comment: string | null;
}

const readRelations = (): Promise<Relation[]> =>
  database().query<Relation>(
    `select relname as name, relkind <> 'r' as "isView", relrowsecurity as "rowSecurity", obj_description(oid, 'pg_class') as comment
     from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'f', 'p') order by relname`,
  );

beforeAll(async () => {
  [own, other] = [await makeWorkspace(database()), await makeWorkspace(database())];
  for (const workspace of [own, other]) {
    const invoice = await makeOpenInvoice(database(), workspace);
    await makeTicket(database(), workspace);
    await giveToken(database(), workspace.owner, workspace.repositoryId);
    await database().rpc(workspace.owner, "start_import", {
      p_repository_id: workspace.repositoryId,
      p_mode: "drafts",
    });
    await database().query(
      "insert into public.repository_heads (workspace_id, repository_id, branch, head) values ($1, $2, 'main', repeat('a', 40))",
      [workspace.id, workspace.repositoryId],
    );
    await database().query(
      `with view as (insert into public.inbox_views (workspace_id, name, search, shared, created_by)
         values ($1, 'Week', '{}', true, $2) returning id)
       insert into public.inbox_view_choices (workspace_id, user_id, view_id) select $1, $2, id from view`,
      [workspace.id, workspace.viewer.userId],
    );
    await database().query("insert into public.undone_acts (act_id, workspace_id) values (gen_random_uuid(), $1)", [
      workspace.id,
    ]);
    await database().query(
      "insert into public.draft_replacements (workspace_id, kind, draft_ids, minutes) values ($1, 'split', '{}', 60)",
      [workspace.id],
    );
    await database().query(
      `with person as (insert into public.people (workspace_id, display_name) values ($1, 'Author') returning id),
         identity as (insert into public.person_identities (workspace_id, author_key, person_id) select $1, 'author', id from person)
       insert into public.work_days (workspace_id, person_id, day, bounded_hours) select $1, id, '2026-03-02', 6 from person`,
      [workspace.id],
    );
    await database().query(
      `with claim as (insert into public.work_claims (workspace_id, key, commit_id)
         select workspace_id, 'hash:' || hash, id from public.commits where workspace_id = $1)
       insert into public.commit_links (workspace_id, commit_id, earlier_id, kind)
       select $1, min(id::text)::uuid, max(id::text)::uuid, 'suspected' from public.commits where workspace_id = $1`,
      [workspace.id],
    );
    await database().rpc(workspace.owner, "invite_member", {
      p_workspace_id: workspace.id,
      p_email: "invited@example.com",
      p_role: "viewer",
    });
    await database().query("insert into public.tax_rates (workspace_id, name, percent) values ($1, 'VAT', 19)", [
      workspace.id,
    ]);
    await database().rpc(workspace.owner, "set_word_key", {
      p_workspace_id: workspace.id,
      p_ciphertext: "k1.nonce.ciphertext",
      p_hint: "1234",
    });
    await database().query(
      `with request as (insert into public.word_requests (workspace_id, model, prompt_version, lines, reserved_micros) values ($1, 'm', 1, 1, 1)),
         cached as (insert into public.word_cache (workspace_id, key, words) values ($1, repeat('a', 64), 'Words')),
         waiting as (insert into public.draft_words (draft_line_item_id, workspace_id)
           select min(id::text)::uuid, workspace_id from public.draft_line_items where workspace_id = $1 group by workspace_id)
       insert into public.word_examples (draft_line_item_id, workspace_id, client_id, proposed)
       select min(id::text)::uuid, workspace_id, client_id, 'Proposed' from public.draft_line_items
       where workspace_id = $1 group by workspace_id, client_id`,
      [workspace.id],
    );
    await database().rpc(workspace.owner, "record_payment", {
      p_invoice_id: invoice.id,
      p_payment: { amount_minor: 1, paid_on: "2026-03-03" },
    });
    await database().rpc(workspace.owner, "create_invoice_link", {
      p_invoice_id: invoice.id,
      p_id: crypto.randomUUID(),
      p_token_hash: workspace.id.replaceAll("-", "").repeat(2),
      p_ciphertext: "k1.nonce.ciphertext",
    });
    await database().rpc(workspace.owner, "set_rate", {
      p_workspace_id: workspace.id,
      p_rate: { scope: "workspace", hourly_rate_minor: 8000 },
    });
    await database().query(
      `insert into public.workspace_logos (workspace_id, media_type, image, width, height)
       values ($1, 'image/png', '\\x89504e470d0a1a0a', 16, 16)`,
      [workspace.id],
    );
    await database().rpc(workspace.viewer, "mark_notifications_read", { p_workspace_id: workspace.id });
    await database().rpc(workspace.owner, "begin_oauth", {
      p_id: crypto.randomUUID(),
      p_workspace_id: workspace.id,
      p_provider: "github",
      p_session_hash: "0".repeat(64),
      p_return_to: "/repositories",
    });
    const stripeAccountId = await connectStripe(database(), workspace);
    await database().rpc(service, "link_stripe_customer", {
      p_client_id: workspace.clientId,
      p_account_id: stripeAccountId,
      p_user_id: workspace.owner.userId,
      p_customer: { id: "cus_1" },
    });
    await database().query(
      `insert into public.stripe_differences (workspace_id, account_id, stripe_invoice_id, kind) values ($1, $2, 'in_1', 'missing_here')`,
      [workspace.id, stripeAccountId],
    );
    await database().rpc(service, "apply_stripe_event", {
      p_event_id: `evt_${workspace.id}`,
      p_event_type: "invoice.finalized",
      p_event_at: "2026-03-03T00:00:00Z",
      p_stripe_invoice_id: `in_${workspace.id}`,
      p_invoice_id: invoice.id,
      p_status: "open",
    });
  }
});

describe("tables and views", () => {
  it("each have a story here, and no story is left over", async () => {
    expect((await readRelations()).map((relation) => relation.name)).toEqual(Object.keys(stories).toSorted());
  });

  it("all say what they are for, and every table has row level security", async () => {
    const relations = await readRelations();
    expect(relations.filter((relation) => relation.comment === null).map((relation) => relation.name)).toEqual([]);
    const open = relations.filter((relation) => !relation.isView && !relation.rowSecurity);
    expect(open.map((relation) => relation.name)).toEqual([]);
  });

  it("leave row level security to the tables beneath a view", async () => {
    const views = await database().query<{ options: string[] | null }>(
      "select reloptions as options from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'",
    );
    for (const view of views) expect(view.options).toContain("security_invoker=true");
  });

  describe.each(Object.entries(stories))("%s", (table, story) => {
    const key = table === "workspaces" ? "id" : "workspace_id";

    it("is read by the right people, and by them only where they belong", async () => {
      expect(await whoMay(`select 1 from public.${table} where ${key} = $1`, [own.id])).toEqual(story.select);
      const seen = await database()
        .as(own.viewer, `select count(*)::integer as n from public.${table}`)
        .catch(() => null);
      const foreign = await attempt("owner", `select 1 from public.${table} where ${key} = $1`, [other.id]);
      expect([0, "denied"]).toContain(foreign);
      expect(seen === null || seen.rows[0]?.["n"] === 0).toBe(!story.select.includes("viewer"));
    });

    it("is written by the right people only", async () => {
      const isView = (await readRelations()).some((relation) => relation.name === table && relation.isView);
      if (isView) {
        const granted = await database().query(
          `select 1 from unnest(array['anon', 'authenticated']) r, unnest(array['insert', 'update', 'delete']) p
           where has_table_privilege(r, $1, p)`,
          [`public.${table}`],
        );
        expect(granted).toEqual([]);
        return;
      }
      const samples: Record<string, [string, unknown[]]> = {
        tax_rates: [
          "insert into public.tax_rates (workspace_id, name, category) values ($1, 'None', 'zero')",
          [own.id],
        ],
        clients: ["insert into public.clients (workspace_id, name) values ($1, 'New')", [own.id]],
        projects: [
          "insert into public.projects (workspace_id, client_id, name) values ($1, $2, 'New')",
          [own.id, own.clientId],
        ],
      };
      const [insert, parameters] = samples[table] ?? [`insert into public.${table} default values`, []];
      expect(await whoMay(insert, parameters)).toEqual(story.insert);

      const columns = await database().query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
         and has_column_privilege('authenticated', attrelid, attnum, 'update') order by attname`,
        [`public.${table}`],
      );
      expect(columns.map((column) => column.name).join(" ")).toBe(story.columns ?? "");
      const column = columns[0]?.name ?? key;
      expect(await whoMay(`update public.${table} set ${column} = ${column} where ${key} = $1`, [own.id])).toEqual(
        story.update,
      );
      expect(await whoMay(`delete from public.${table} where ${key} = $1`, [own.id])).toEqual(story.delete);
    });
  });

  it("cannot be emptied past the guards of an invoice, not even by the service role", async () => {
    for (const table of ["invoices", "invoice_lines", "invoice_line_entries", "invoice_counters", "audit_events"]) {
      for (const name of callers) expect(await attempt(name, `truncate public.${table} cascade`)).toBe("denied");
    }
  });
});

describe("rows of another tenant", () => {
  it("cannot be attached to one's own, whatever the id", async () => {
    const db = database();
    const foreignClient = await makeClient(db, other, "EUR");
    await expect(makeProject(db, own, foreignClient)).rejects.toMatchObject({ code: "23503" });
    await expect(
      db.as(own.owner, "update public.repositories set project_id = $1 where id = $2", [
        other.projectId,
        own.repositoryId,
      ]),
    ).rejects.toMatchObject({ code: "23503" });
    await expect(connectRepository(db, own.owner, other.projectId)).rejects.toMatchObject({ code: "BH002" });
    await expect(
      db.as(own.owner, "insert into public.clients (workspace_id, name) values ($1, 'Mine')", [other.id]),
    ).rejects.toMatchObject({ code: "42501" });
  });

  it("are counted in no view and no function that one may call", async () => {
    const [row] = (await database().as(own.owner, "select private.workspace_ids() as ids")).rows;
    expect(row).toEqual({ ids: [own.id] });
    const { rows } = await database().as(
      own.owner,
      "select public.invoice_document(id) from public.invoices where workspace_id = $1",
      [other.id],
    );
    expect(rows).toEqual([]);
  });

  it("give a person no way to a higher role", async () => {
    for (const name of ["member", "admin", "viewer", "outsider"] as const) {
      expect(await attempt(name, "update public.members set role = 'owner' where user_id = auth.uid()")).toBe("denied");
      expect(
        await attempt(
          name,
          "insert into public.members (workspace_id, user_id, role, display_name) values ($1, auth.uid(), 'owner', 'Me')",
          [own.id],
        ),
      ).toBe("denied");
    }
  });
});
