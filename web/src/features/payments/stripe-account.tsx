import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { DisconnectDialog } from "./disconnect-dialog.tsx";
import { type StripeAccount as Account, nameOf, useRefreshStripe } from "./payments-data.ts";
import { StripeKeyForm } from "./stripe-key-form.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";

/** The account that is connected: whose it is, whether it works, and how to mend it or let it go. */
export function StripeAccount({ account }: { account: Account }) {
  const app = useApp();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const refresh = useRefreshStripe();
  const [isReplacing, setIsReplacing] = useState(account.state === "key_refused");
  const [isLeaving, setIsLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const check = async (): Promise<void> => {
    setBusy(true);
    const asked = await askWorker(() => fetchApi(app, `/api/stripe/accounts/${account.id}/check`, { method: "POST" }));
    await refresh();
    setBusy(false);
    if (asked.ok) void notify("Checked with Stripe");
    else void notifyError(asked.problem.message);
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 max-md:basis-full">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{nameOf(account)}</span>
            {account.livemode ? null : <Badge tone="warn">Test mode</Badge>}
            <State account={account} />
          </p>
          <p className="mt-0.5 text-muted">
            {account.name !== null && (
              <>
                <code className="font-mono">{account.account_id}</code> ·{" "}
              </>
            )}
            key <code className="font-mono">{account.key_hint}</code>
            {account.checked_at !== null && <> · checked {format.instant(account.checked_at)}</>}
          </p>
        </div>
        {canManage && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" className="max-md:h-9" busy={busy} onClick={() => void check()}>
              Check again
            </Button>
            <Button size="sm" className="max-md:h-9" onClick={() => setIsReplacing((open) => !open)}>
              Replace the key
            </Button>
            <Button size="sm" className="max-md:h-9" onClick={() => setIsLeaving(true)}>
              Disconnect
            </Button>
          </div>
        )}
      </div>
      {account.state === "key_refused" && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {account.problem ?? "Stripe refuses the key."} Until then nothing is sent, and what clients pay is not seen
          here.
        </p>
      )}
      {account.state === "permissions_missing" && (
        <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          The key lacks permissions: {account.missing_permissions.join(", ")}. Change it in Stripe's dashboard, then
          check again.
        </p>
      )}
      {!account.livemode && !workspace.test_mode && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          A test mode key takes tests only, and new invoices have numbers of your books. To practise, let new invoices
          be tests under{" "}
          <Link to="/settings" className="underline">
            Workspace
          </Link>
          .
        </p>
      )}
      {account.livemode && workspace.test_mode && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          New invoices are tests, which this live account does not take.
        </p>
      )}
      <WebhookSecret account={account} />
      {isReplacing && canManage && <StripeKeyForm account={account} onDone={() => setIsReplacing(false)} />}
      {isLeaving && <DisconnectDialog account={account} onClose={() => setIsLeaving(false)} />}
    </div>
  );
}

function State({ account: { state } }: { account: Account }) {
  switch (state) {
    case "connected":
      return <Badge tone="ok">Connected</Badge>;
    case "permissions_missing":
      return <Badge tone="warn">Permissions missing</Badge>;
    case "key_refused":
      return <Badge tone="danger">Key refused</Badge>;
    default:
      return <Badge>Disconnected</Badge>;
  }
}
