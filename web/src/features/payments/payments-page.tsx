import { useApp } from "../../data/app.tsx";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { SettingsNavigation } from "../settings/settings-navigation.tsx";
import { Differences } from "./differences.tsx";
import { inUse, nameOf, useOpenInvoices, useStripeAccounts, type StripeAccount as Account } from "./payments-data.ts";
import { StripeAccount } from "./stripe-account.tsx";
import { StripeKeyForm } from "./stripe-key-form.tsx";
import { WaysToPay } from "./ways-to-pay.tsx";

/** With which account invoices go out and are paid, and whether both sides say the same. */
export function PaymentsPage() {
  const { config } = useApp();
  const { workspace, canManage } = useWorkspace();
  const accounts = useStripeAccounts();
  useLiveTable("stripe_accounts", workspace.id, keys.stripe(workspace.id));
  return (
    <Page title="Payments" aside={<SettingsNavigation />}>
      <div className="mx-auto max-w-4xl px-4 py-5">
        {accounts.isPending ? (
          <ListSkeleton rows={4} rowHeight={56} />
        ) : accounts.data === undefined ? (
          <ErrorState message={messageOf(accounts.error)} onRetry={() => void accounts.refetch()} />
        ) : (
          <>
            <Section
              title="Stripe"
              description="Invoices go out with your own account: Stripe mails them, clients pay there, and the money is yours without a detour."
            >
              {config.stripe === "stand-in" && (
                <p className="mb-3 text-sm text-faint">
                  A stand-in answers for Stripe here: nothing is sent and no money moves. Its accounts are demo, harbour
                  and quay, and rk_test_harbour is a key.
                </p>
              )}
              {inUse(accounts.data) === null && <Operators accounts={accounts.data} />}
              <Connected accounts={accounts.data} canManage={canManage} />
            </Section>
            <Section
              title="Ways to pay"
              description="What an invoice's page at Stripe offers, as far as its currency has it. A client can have ways of their own."
            >
              <WaysToPay of="workspace" chosen={workspace.payment_methods} />
            </Section>
            <BothSides accounts={accounts.data} />
            <Earlier accounts={accounts.data} />
          </>
        )}
      </div>
    </Page>
  );
}

function Connected({ accounts, canManage }: { accounts: Account[]; canManage: boolean }) {
  const account = inUse(accounts);
  if (account !== null) return <StripeAccount key={`${account.id} ${account.state}`} account={account} />;
  return canManage ? (
    <StripeKeyForm account={null} />
  ) : (
    <p className="text-muted">No account is connected. An owner or admin can connect one.</p>
  );
}

function BothSides({ accounts }: { accounts: Account[] }) {
  const account = inUse(accounts) ?? accounts.find(({ source }) => source === "operator");
  if (account === undefined) return null;
  return (
    <Section
      title="Both sides"
      description="Each night every invoice that is not settled, or changed lately, is laid beside what Stripe has of it. A payment that was not heard of is booked; what else differs is shown here."
    >
      <Differences account={account} />
    </Section>
  );
}

/** The installation's account, where this workspace's invoices have gone to it. */
function Operators({ accounts }: { accounts: Account[] }) {
  const account = accounts.find(({ source }) => source === "operator");
  if (account === undefined) return null;
  return (
    <p className="mb-4 flex flex-wrap items-center gap-x-2">
      <span>
        Invoices go out with the installation's account, <span className="font-medium">{nameOf(account)}</span>, until
        you connect your own.
      </span>
      {account.state === "key_refused" && <Badge tone="danger">Key refused</Badge>}
    </p>
  );
}

/** Accounts that were let go and still have invoices waiting for money. */
function Earlier({ accounts }: { accounts: Account[] }) {
  const earlier = accounts.filter(({ state }) => state === "disconnected");
  if (earlier.length === 0) return null;
  return (
    <Section
      title="Disconnected"
      description="Their invoices stay in them. Connect an account again with a new key of it, and it goes on where it was."
    >
      <ul className="divide-y divide-line rounded-md border border-line">
        {earlier.map((account) => (
          <EarlierAccount key={account.id} account={account} />
        ))}
      </ul>
    </Section>
  );
}

function EarlierAccount({ account }: { account: Account }) {
  const open = useOpenInvoices(account.id);
  const count = open.data?.length ?? 0;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <span className="font-medium">{nameOf(account)}</span>
      <code className="font-mono text-muted">{account.account_id}</code>
      {!account.livemode && <Badge tone="warn">Test mode</Badge>}
      <span className="ml-auto text-muted">
        {count === 0
          ? "No invoice waits"
          : count === 1
            ? "1 invoice waits for money"
            : `${count} invoices wait for money`}
      </span>
    </li>
  );
}
