import { expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { makeWorkspace } from "./stories.ts";

const database = useDatabase();

/** Arithmetic that shows nothing of anybody. */
const forAnybody = ["public.currency_exponent", "public.line_total_minor"];

/** What a signed-in person may call; each checks the role itself or works under row level security. */
const forPeople = [
  ...forAnybody,
  "private.evidence_of",
  "private.fail",
  "private.is_iban",
  "private.managers",
  "private.spent_on_words",
  "private.workers_of_inbox",
  "private.workspace_ids",
  "public.change_invoice_link",
  "public.change_person",
  "public.accept_invitation",
  "public.change_member_role",
  "public.invite_member",
  "public.remove_member",
  "public.withdraw_invitation",
  "public.check_word_manager",
  "public.draft_paths",
  "public.roll_up_lines",
  "public.set_word_key",
  "public.set_workspace_logo",
  "public.word_spending",
  "public.day_budget",
  "public.estimate_report",
  "public.separate_person",
  "public.add_invoice_line",
  "public.add_to_invoice",
  "public.approve_drafts",
  "public.bill_client",
  "public.preview_bill",
  "public.begin_oauth",
  "public.check_grant_manager",
  "public.change_tracker",
  "public.check_invoice_manager",
  "public.check_stripe_manager",
  "public.check_tracker_manager",
  "public.check_workspace_manager",
  "public.connect_granted_repository",
  "public.connect_repository",
  "public.create_invoice",
  "public.create_invoice_link",
  "public.credit_and_refund",
  "public.credit_invoice",
  "public.duplicate_invoice",
  "public.record_payment",
  "public.remove_payment",
  "public.write_off_invoice",
  "public.create_workspace",
  "public.defer_drafts",
  "public.delete_invoice",
  "public.disconnect_grant",
  "public.disconnect_stripe_account",
  "public.disconnect_tracker",
  "public.finalise_invoice",
  "public.ignore_drafts",
  "public.stripe_document",
  "public.invoice_document",
  "public.join_people",
  "public.accept_flags",
  "public.accept_stripe_difference",
  "public.save_inbox_view",
  "public.delete_inbox_view",
  "public.choose_inbox_view",
  "public.approve_to_invoice",
  "public.last_act",
  "public.undo_act",
  "public.merge_drafts",
  "public.roll_up_drafts",
  "public.split_draft",
  "public.split_to_invoices",
  "public.undo_replacement",
  "public.mark_notifications_read",
  "public.read_matters",
  "public.create_client_with_project",
  "public.project_rates",
  "public.name_oauth_tracker",
  "public.remove_from_invoice",
  "public.remove_rate",
  "public.reprice_work",
  "public.revoke_invoice_link",
  "public.set_rate",
  "public.replay_deliveries",
  "public.replay_failed_deliveries",
  "public.resume_import",
  "public.retry_worklogs",
  "public.rotate_webhook_secret",
  "public.set_repository_token",
  "public.start_import",
  "public.stop_import",
  "public.restore_drafts",
  "public.restore_invoice",
  "public.restore_invoice_lines",
  "public.separate_work",
  "public.unapprove_drafts",
  "public.update_drafts",
  "public.unlink_stripe_customer",
  "public.use_grant",
  "public.update_invoice",
  "public.order_invoice_lines",
  "public.update_invoice_line",
  "public.void_invoice",
].toSorted();

interface Function {
  name: string;
  comment: string | null;
  definer: boolean;
  settings: string[] | null;
  types: string[];
  isTrigger: boolean;
}

const readFunctions = (condition = "true"): Promise<Function[]> =>
  database().query<Function>(
    `select n.nspname || '.' || p.proname as name, obj_description(p.oid, 'pg_proc') as comment, p.prosecdef as definer,
       p.proconfig as settings, p.prorettype = 'trigger'::regtype as "isTrigger",
       array(select format_type(t, null) from unnest(p.proargtypes) t) as types
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('public', 'private') and ${condition} order by 1`,
  );

const namesOf = (functions: Function[]): string[] => functions.map((each) => each.name);

it("every function says what it does", async () => {
  expect(namesOf((await readFunctions()).filter((each) => each.comment === null))).toEqual([]);
});

it("every function finds its tables by their full names only", async () => {
  const functions = await readFunctions();
  expect(functions.length).toBeGreaterThan(40);
  expect(namesOf(functions.filter((each) => each.settings?.includes('search_path=""') !== true))).toEqual([]);
});

it("every function that runs as its owner says why", async () => {
  const silent = await readFunctions(
    "p.prosecdef and coalesce(obj_description(p.oid, 'pg_proc'), '') not like '%security definer%'",
  );
  expect(namesOf(silent)).toEqual([]);
});

it("only listed functions can be called without signing in, and only listed ones by a person", async () => {
  expect(namesOf(await readFunctions("has_function_privilege('anon', p.oid, 'execute')"))).toEqual(forAnybody);
  expect(namesOf(await readFunctions("has_function_privilege('authenticated', p.oid, 'execute')"))).toEqual(forPeople);
  const toPublic =
    "exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)";
  expect(namesOf(await readFunctions(toPublic))).toEqual([]);
});

it("an owner who calls a function of the service role, or an internal one, is refused", async () => {
  const { owner } = await makeWorkspace(database());
  const others = (await readFunctions()).filter((each) => !forPeople.includes(each.name) && !each.isTrigger);
  expect(others.length).toBeGreaterThan(10);
  for (const { name, types } of others) {
    const parameters = types.map((type) => `null::${type}`).join(", ");
    await expect(database().as(owner, `select ${name}(${parameters})`), name).rejects.toMatchObject({ code: "42501" });
  }
});

interface ForeignKey {
  table: string;
  columns: string[];
  name: string;
  onDelete: string;
  covered: boolean;
}

/** An index serves a foreign key where it begins with the columns of the key, workspace_id aside, in any order. */
const readForeignKeys = (): Promise<ForeignKey[]> =>
  database().query<ForeignKey>(
    `with keys as (
       select c.oid, c.conrelid, c.conname, c.confdeltype,
         array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k
           order by a.attname) as columns
       from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
     ), indexes as (
       select i.indrelid, array(select a.attname::text from unnest(i.indkey::smallint[]) with ordinality k (attnum, nth)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by k.nth) as columns
       from pg_index i
     )
     select k.conrelid::regclass::text as table, k.columns, k.conname as name, k.confdeltype as "onDelete",
       exists (select 1 from indexes i where i.indrelid = k.conrelid and (
         i.columns[1] = any (case when cardinality(k.columns) = 1 then k.columns else array_remove(k.columns, 'workspace_id') end)
         or (i.columns[1] = 'workspace_id' and i.columns[2] = any (k.columns) and cardinality(k.columns) > 1))) as covered
     from keys k order by 1, 2`,
  );

it("every foreign key says what happens when the row it points to goes", async () => {
  // 'no action' is what a key has that says nothing; here it is meant.
  const meant = ["commits_workspace_id_delivery_id_fkey"];
  const silent = (await readForeignKeys()).filter((key) => key.onDelete === "a").map((key) => key.name);
  expect(silent).toEqual(meant);
});

/** Keys without an index of their own, and why none is worth its cost at every write. */
const unindexed: Record<string, string[]> = {
  "clients, projects and repositories are archived, not deleted, once work refers to them": [
    "commits project_id workspace_id",
    "draft_line_items client_id workspace_id",
    "draft_line_items project_id workspace_id",
    "draft_line_items repository_id workspace_id",
    "invoice_lines project_id workspace_id",
    "invoices client_id workspace_id",
    "time_entries project_id workspace_id",
  ],
  "a workspace is erased as a whole, if ever, and may take its time": [
    "commit_draft_items workspace_id",
    "commit_links workspace_id",
    "commit_tickets workspace_id",
    "host_grant_secrets workspace_id",
    "invoice_line_entries workspace_id",
    "invoice_link_secrets workspace_id",
    "notification_reads workspace_id",
    "project_git_configs workspace_id",
    "repository_secrets workspace_id",
    "stripe_customers workspace_id",
    "stripe_differences workspace_id",
    "stripe_events workspace_id",
    "stripe_secrets workspace_id",
    "worklogs workspace_id",
  ],
  "accounts of Stripe are disconnected, not deleted": [
    "stripe_customers account_id workspace_id",
    "stripe_events stripe_account_id",
  ],
  "taxes are archived, not deleted": ["clients tax_rate_id workspace_id", "invoice_lines tax_rate_id workspace_id"],
  "people leave one at a time": ["notification_reads user_id", "time_entries member_id workspace_id"],
};

it("every foreign key has an index, or a reason not to have one", async () => {
  const keys = (await readForeignKeys())
    .filter((key) => !key.covered)
    .map((key) => `${key.table} ${key.columns.join(" ")}`);
  expect(keys).toEqual(Object.values(unindexed).flat().toSorted());
});
