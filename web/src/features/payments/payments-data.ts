import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";

export type StripeAccount = Database["public"]["Tables"]["stripe_accounts"]["Row"];

/** The workspace's accounts of Stripe, also those that were disconnected and still have invoices; the newest first. */
export function useStripeAccounts() {
  const db = useDb();
  const { workspace } = useWorkspace();
  return useQuery({
    queryKey: keys.stripe(workspace.id),
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("stripe_accounts")
            .select("*")
            .eq("workspace_id", workspace.id)
            .order("created_at", { ascending: false }),
        ),
      ),
  });
}

/** What the last comparisons found, the newest first. */
export function useDifferences() {
  const db = useDb();
  const { workspace } = useWorkspace();
  return useQuery({
    queryKey: [...keys.stripe(workspace.id), "differences"],
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("stripe_differences")
            .select("*, invoices(number)")
            .eq("workspace_id", workspace.id)
            .order("created_at", { ascending: false })
            .limit(200),
        ),
      ),
  });
}

/** The customers that a client is, one in each account. */
export function useStripeCustomers(clientId: string) {
  const db = useDb();
  const { workspace } = useWorkspace();
  return useQuery({
    queryKey: [...keys.stripe(workspace.id), "customers", clientId],
    queryFn: () => unwrap(settle(db.from("stripe_customers").select("*").eq("client_id", clientId))),
  });
}

export const inUse = (accounts: readonly StripeAccount[]): StripeAccount | null =>
  accounts.find(({ source, state }) => source === "own" && state !== "disconnected") ?? null;

/** What people call an account. */
export const nameOf = ({ name, account_id: id, source }: StripeAccount): string =>
  name ?? id ?? (source === "operator" ? "The installation's account" : "An account");

/** How many invoices wait for money in an account: what letting it go would touch. */
export function useOpenInvoices(accountId: string) {
  const db = useDb();
  const { workspace } = useWorkspace();
  return useQuery({
    queryKey: [...keys.stripe(workspace.id), "open", accountId],
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("invoices")
            .select("id, number, client_id")
            .eq("workspace_id", workspace.id)
            .eq("stripe_account_id", accountId)
            .not("stripe_invoice_id", "is", null)
            .in("status", ["open", "uncollectible"])
            .order("created_at", { ascending: false }),
        ),
      ),
  });
}

export function useRefreshStripe(): () => Promise<void> {
  const queryClient = useQueryClient();
  const { workspace } = useWorkspace();
  return () => queryClient.invalidateQueries({ queryKey: keys.stripe(workspace.id) });
}
