/** A fortnight of one developer's work, brought in and billed by the product's own ways. Each step may be done again. */
import type { BillhookClient } from "@billhook/database/client";
import { approveDrafts, deferDrafts, ignoreDrafts } from "@billhook/database/drafts";
import { createInvoice, finaliseInvoice, updateInvoice } from "@billhook/database/invoices";
import { addDays, weekStart } from "@billhook/domain/timezone";
import * as z from "zod";
import { must, mustAnswer, mustFetch, waitFor } from "./demo-answers.ts";
import type { DemoCommit, DemoRepository } from "./demo-commit.ts";
import type { DemoTracker } from "./demo-trackers.ts";
import { type DemoDelivery, hashOf, makeDeliveries } from "./demo-deliveries.ts";
import { reportingDashboard } from "./demo-reporting-dashboard.ts";
import { warehouseSync } from "./demo-warehouse-sync.ts";
import { webShop } from "./demo-web-shop.ts";
import { type DemoPlaces, demoTimeZone } from "./demo-workspace.ts";

const repositories = [webShop, warehouseSync, reportingDashboard];

/** Seconds; after an interruption the sweep has to find what was accepted and not recorded, which is a minute's matter. */
const mostWaited = 150;

/** The first day of the history that is not billed yet. */
const firstOpenDay = 5;

/** A connected repository; the secret is told once, so it is kept until the demo is complete. */
export const connectionSchema = z.object({ id: z.string(), webhook_url: z.url(), webhook_secret: z.string() });
export type DemoConnection = z.infer<typeof connectionSchema>;

export interface DemoWork {
  db: BillhookClient;
  accessToken: string;
  appUrl: string;
  places: DemoPlaces;
  /** The dates of the history's ten days. */
  days: readonly string[];
  today: string;
  /** By the repository's name; made where it is not kept. */
  connections: Map<string, DemoConnection>;
}

/** Connects the repositories that are not connected yet. One whose secret an interruption lost is archived, unused. */
export async function connectRepositories(work: DemoWork): Promise<void> {
  const missing = repositories.map(({ name }) => name).filter((name) => !work.connections.has(name));
  if (missing.length === 0) return;
  await mustAnswer(
    work.db
      .from("repositories")
      .update({ archived_at: new Date().toISOString() })
      .eq("workspace_id", work.places.workspaceId)
      .in("name", missing)
      .is("bound_at", null)
      .is("archived_at", null)
      .select("id"),
  );
  await Promise.all(
    repositories
      .filter(({ name }) => !work.connections.has(name))
      .map(async ({ name, url, provider, project }) => {
        const answer = await mustFetch(`${work.appUrl}/api/repositories`, {
          method: "POST",
          headers: { authorization: `Bearer ${work.accessToken}`, "content-type": "application/json" },
          body: JSON.stringify({ project_id: work.places.projects.get(project), provider, name, url }),
        });
        work.connections.set(name, connectionSchema.parse(await answer.json()));
      }),
  );
}

/** Connects the ticket systems that are not connected yet, before the commits that name their tickets arrive. */
export async function connectTrackers(work: DemoWork, trackers: readonly DemoTracker[]): Promise<void> {
  const known = await mustAnswer(
    work.db.from("tracker_connections").select("kind").eq("workspace_id", work.places.workspaceId),
  );
  const missing = trackers.filter(({ kind }) => !known.some((connected) => connected.kind === kind));
  await Promise.all(
    missing.map(({ url, username, ...tracker }) =>
      mustFetch(`${work.appUrl}/api/trackers`, {
        method: "POST",
        headers: { authorization: `Bearer ${work.accessToken}`, "content-type": "application/json" },
        body: JSON.stringify({
          workspace_id: work.places.workspaceId,
          base_url: url,
          ...tracker,
          ...(username === null ? {} : { username }),
        }),
      }),
    ),
  );
}

/** Delivers every push, and waits until all are recorded. A push that was delivered before is the same delivery again. */
export async function deliverPushes(work: DemoWork): Promise<void> {
  await Promise.all(
    repositories.map(async (repository) => {
      const connection = work.connections.get(repository.name);
      if (connection === undefined) return;
      for (const delivery of makeDeliveries(repository, work.days, demoTimeZone, connection.webhook_secret)) {
        await deliver(connection, delivery);
      }
    }),
  );
  const ids = [...work.connections.values()].map(({ id }) => id);
  await waitFor(
    "recording the pushes",
    async () => {
      const waiting = await mustAnswer(
        work.db.from("webhook_deliveries").select("id").in("repository_id", ids).neq("status", "done").limit(1),
      );
      return waiting.length === 0 ? true : null;
    },
    mostWaited,
  );
}

async function deliver({ webhook_url: address }: DemoConnection, { headers, body }: DemoDelivery): Promise<void> {
  await mustFetch(address, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
}

/** Works through the inbox as the developer did: last week approved, one draft put off, one left out. */
export async function reviewDrafts(work: DemoWork): Promise<void> {
  const drafts = await readDrafts(work);
  const open = drafts.filter(({ status }) => status === "draft");
  const approved = open.filter(({ commit }) => commit.day < firstOpenDay || isApprovedEarly(commit));
  if (approved.length > 0)
    await must(
      approveDrafts(
        work.db,
        approved.map(({ id }) => id),
      ),
    );
  const deferred = open.filter(({ commit }) => commit.message.startsWith("perf(home)"));
  const nextMonday = addDays(weekStart(work.today), 7);
  if (deferred.length > 0)
    await must(
      deferDrafts(
        work.db,
        deferred.map(({ id }) => id),
        nextMonday,
      ),
    );
  const ignored = open.filter(({ commit }) => commit.message.startsWith("build: run the browser tests"));
  if (ignored.length > 0)
    await must(
      ignoreDrafts(
        work.db,
        ignored.map(({ id }) => id),
        "Part of the hosting agreement",
      ),
    );
}

/** Approved and not on an invoice yet. */
function isApprovedEarly({ day, message }: DemoCommit): boolean {
  return day === firstOpenDay && /SHOP-147|LARK-82 Sign|WH-57\) \[1h 15m\]/u.test(message);
}

/** The key of an account of the stand-in's, whose name it says. */
const demoStripeKey = "rk_live_demo";

/** Connects the workspace's own account of Stripe, where a stand-in answers for it. */
export async function connectStripe(work: DemoWork): Promise<void> {
  if ((await readStripe(work)) !== "stand-in") return;
  const known = await mustAnswer(
    work.db.from("stripe_accounts").select("id").eq("workspace_id", work.places.workspaceId),
  );
  if (known.length > 0) return;
  await mustFetch(`${work.appUrl}/api/stripe/accounts`, {
    method: "POST",
    headers: { authorization: `Bearer ${work.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ workspace_id: work.places.workspaceId, api_key: demoStripeKey }),
  });
}

async function readStripe({ appUrl }: DemoWork): Promise<string> {
  const config = await mustFetch(`${appUrl}/api/config`, {});
  return z.object({ stripe: z.string() }).parse(await config.json()).stripe;
}

/** One invoice per client for the first week: the second client's is paid. Sent only to the stand-in, never to anybody's Stripe. */
export async function billFirstWeek(work: DemoWork): Promise<void> {
  const drafts = await readDrafts(work);
  const stripe = await readStripe(work);
  const issueDate = work.days[firstOpenDay - 1] ?? work.today;
  for (const [client, isPaid] of [
    ["Larkmoor Analytics, Inc.", true],
    ["Quillhaven Books Ltd", false],
  ] as const) {
    const clientId = work.places.clients.get(client) ?? "";
    const billed = drafts.filter((draft) => draft.commit.day < firstOpenDay && draft.clientId === clientId);
    const invoiceId = await must(
      createInvoice(
        work.db,
        clientId,
        billed.map(({ id }) => id),
      ),
    );
    if ((await readInvoiceStatus(work, invoiceId)) === "draft") {
      await must(updateInvoice(work.db, invoiceId, { issue_date: issueDate, notes: "Thank you for your business." }));
      await must(finaliseInvoice(work.db, invoiceId));
    }
    if (stripe === "stand-in") await sendAndPay(work, invoiceId, isPaid);
  }
}

async function sendAndPay(work: DemoWork, invoiceId: string, isPaid: boolean): Promise<void> {
  if ((await readInvoiceStatus(work, invoiceId)) !== "open") return;
  const answer = await mustFetch(`${work.appUrl}/api/invoices/${invoiceId}/send`, {
    method: "POST",
    headers: { authorization: `Bearer ${work.accessToken}` },
  });
  if (!isPaid) return;
  const { hosted_url: page } = z.object({ hosted_url: z.url() }).parse(await answer.json());
  await mustFetch(page, { method: "POST", body: new URLSearchParams({ card: "works" }) });
  await waitFor("the payment", async () => ((await readInvoiceStatus(work, invoiceId)) === "paid" ? true : null));
}

async function readInvoiceStatus({ db }: DemoWork, invoiceId: string): Promise<string> {
  const [invoice] = await mustAnswer(db.from("invoices").select("status").eq("id", invoiceId));
  return invoice?.status ?? "";
}

interface DemoDraft {
  id: string;
  clientId: string;
  status: string;
  ticket: string | null;
  commit: DemoCommit;
}

/** The drafts with the commits of the history they came from. Rejected ones, of merges and programs, are left out. */
async function readDrafts({ db, places }: DemoWork): Promise<DemoDraft[]> {
  const history = new Map(
    repositories.flatMap((repository: DemoRepository) =>
      repository.commits.map((commit): [string, DemoCommit] => [hashOf(repository, commit), commit]),
    ),
  );
  const [drafts, links, commits] = await Promise.all([
    mustAnswer(
      db
        .from("draft_line_items")
        .select("id, client_id, status, ticket_key")
        .eq("workspace_id", places.workspaceId)
        .neq("status", "rejected"),
    ),
    mustAnswer(
      db.from("commit_draft_items").select("draft_line_item_id, commit_id").eq("workspace_id", places.workspaceId),
    ),
    mustAnswer(db.from("commits").select("id, hash").eq("workspace_id", places.workspaceId)),
  ]);
  const hashes = new Map(commits.map(({ id, hash }) => [id, hash]));
  const hashOfDraft = new Map(links.map((link) => [link.draft_line_item_id, hashes.get(link.commit_id)]));
  return drafts.flatMap((draft) => {
    const commit = history.get(hashOfDraft.get(draft.id) ?? "");
    const { id, client_id: clientId, status, ticket_key: ticket } = draft;
    return commit === undefined ? [] : [{ id, clientId, status, ticket, commit }];
  });
}
