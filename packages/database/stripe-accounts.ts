/** Accounts of Stripe that workspaces send their invoices with. Ids without a prefix are the database's own. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Database } from "./types.generated.ts";

type StripeAccountRow = Database["public"]["Tables"]["stripe_accounts"]["Row"];

export type StripeAccountState = "connected" | "key_refused" | "permissions_missing" | "disconnected";

/** With its encrypted secrets; both null where it is the installation's, or disconnected. */
export interface StripeAccount extends StripeAccountRow {
  key: string | null;
  webhook: string | null;
}

const accountOf = (value: unknown): StripeAccount | null =>
  typeof value === "object" && value !== null && "id" in value ? (value as StripeAccount) : null;

async function readAccount(query: Parameters<typeof settle>[0]): Promise<DatabaseResult<StripeAccount | null>> {
  const result = await settle(query);
  return result.ok ? { ok: true, value: accountOf(result.value) } : result;
}

/** Service role, as all that follows but where it says otherwise. */
export const findStripeAccountById = (db: BillhookClient, id: string) =>
  readAccount(db.rpc("stripe_account_by_id", { p_id: id }));

/** The row of an account that a workspace has, or had. */
export const findStripeAccount = (db: BillhookClient, workspaceId: string, accountId: string, livemode: boolean) =>
  readAccount(
    db.rpc("find_stripe_account", { p_workspace_id: workspaceId, p_account_id: accountId, p_livemode: livemode }),
  );

/** The account that the installation's key was found to belong to, where this key has been used for the workspace. */
export const findOperatorAccount = (db: BillhookClient, workspaceId: string, keyDigest: string) =>
  readAccount(db.rpc("operator_stripe_account", { p_workspace_id: workspaceId, p_key_digest: keyDigest }));

export interface StripeAccountInUse {
  account: StripeAccount | null;
  is_first_workspace: boolean;
}

export async function readStripeAccountInUse(
  db: BillhookClient,
  workspaceId: string,
): Promise<DatabaseResult<StripeAccountInUse>> {
  const result = await settle(db.rpc("stripe_account_in_use", { p_workspace_id: workspaceId }));
  return result.ok ? { ok: true, value: result.value as unknown as StripeAccountInUse } : result;
}

export interface StripeAccountForInvoice extends StripeAccountInUse {
  /** The one that the invoice is in already. */
  bound: StripeAccount | null;
  workspace_id: string;
  client_id: string;
  is_test: boolean;
  /** The client's customers, by account. */
  customers: Record<string, string>;
}

export async function readStripeAccountForInvoice(
  db: BillhookClient,
  invoiceId: string,
): Promise<DatabaseResult<StripeAccountForInvoice>> {
  const result = await settle(db.rpc("stripe_account_for_invoice", { p_invoice_id: invoiceId }));
  return result.ok ? { ok: true, value: result.value as unknown as StripeAccountForInvoice } : result;
}

export interface NewStripeAccount {
  id: string;
  account_id: string;
  name: string | null;
  livemode: boolean;
  key_hint: string;
  state: StripeAccountState;
  missing_permissions: string[];
  problem: string | null;
  webhook_endpoint_id: string | null;
}

/** Secrets are encrypted for the row's id. Answers that id. */
export const connectStripeAccount = (
  db: BillhookClient,
  workspaceId: string,
  userId: string,
  account: NewStripeAccount,
  secrets: { key: string; webhook: string | null },
) =>
  settle(
    db.rpc("connect_stripe_account", {
      p_workspace_id: workspaceId,
      p_user_id: userId,
      p_account: { ...account },
      p_secrets: { ...secrets },
    }),
  );

export const keepOperatorAccount = (
  db: BillhookClient,
  workspaceId: string,
  account: { accountId: string; name: string | null; livemode: boolean; keyDigest: string },
) =>
  settle(
    db.rpc("keep_operator_account", {
      p_workspace_id: workspaceId,
      p_account_id: account.accountId,
      p_livemode: account.livemode,
      p_key_digest: account.keyDigest,
      p_name: account.name,
    }),
  );

export const reportStripeAccount = (
  db: BillhookClient,
  id: string,
  report: { state: StripeAccountState; missing?: string[]; problem?: string | null },
) =>
  settleVoid(
    db.rpc("report_stripe_account", {
      p_id: id,
      p_state: report.state,
      p_missing: report.missing ?? [],
      p_problem: report.problem ?? null,
    }),
  );

export const setStripeWebhook = (db: BillhookClient, id: string, endpointId: string | null, ciphertext: string) =>
  settleVoid(db.rpc("set_stripe_webhook", { p_id: id, p_ciphertext: ciphertext, p_endpoint_id: endpointId }));

/** As the person: their workspace, if they manage it. */
export const checkStripeManager = (db: BillhookClient, id: string) =>
  settle(db.rpc("check_stripe_manager", { p_id: id }));

/** As the person. */
export const disconnectStripeAccount = (db: BillhookClient, id: string) =>
  settleVoid(db.rpc("disconnect_stripe_account", { p_id: id }));

export const linkStripeCustomer = (
  db: BillhookClient,
  clientId: string,
  accountId: string,
  userId: string,
  customer: { id: string; name: string | null; email: string | null },
) =>
  settleVoid(
    db.rpc("link_stripe_customer", {
      p_client_id: clientId,
      p_account_id: accountId,
      p_user_id: userId,
      p_customer: { ...customer },
    }),
  );

/** As the person. */
export const unlinkStripeCustomer = (db: BillhookClient, clientId: string, accountId: string) =>
  settleVoid(db.rpc("unlink_stripe_customer", { p_client_id: clientId, p_account_id: accountId }));
