import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { type StripeAccount, useRefreshStripe } from "./payments-data.ts";
import { endpointsUrl } from "./stripe-links.ts";
import { StripeLink } from "./stripe-key-form.tsx";

/** How Stripe tells of payments: by an endpoint Billhook made there, or one made by hand, whose secret is pasted here. */
export function WebhookSecret({ account }: { account: StripeAccount }) {
  const format = useFormat();
  const { canManage } = useWorkspace();
  if (account.webhook_set_at === null) return canManage ? <ByHand account={account} /> : null;
  return (
    <p className="text-muted">
      {account.webhook_heard_at === null
        ? `Stripe tells of payments since ${format.instant(account.webhook_set_at)}. Nothing was told yet.`
        : `Stripe last told of something on ${format.instant(account.webhook_heard_at)}.`}
    </p>
  );
}

function ByHand({ account }: { account: StripeAccount }) {
  const app = useApp();
  const refresh = useRefreshStripe();
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const url = `${window.location.origin}/api/webhooks/stripe/${account.id}`;
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const body = JSON.stringify({ secret: secret.trim() });
    const asked = await askWorker(() =>
      fetchApi(app, `/api/stripe/accounts/${account.id}/webhook-secret`, { method: "POST", body }),
    );
    await refresh();
    setBusy(false);
    if (asked.ok) void notify("Stripe tells of payments from now on");
    else setProblem(asked.problem.message.replace("secret: begins", "It begins"));
  };
  return (
    <div className="rounded-md bg-warn-soft px-3 py-2.5">
      <p className="text-warn">
        Billhook does not hear of payments: the endpoint at Stripe could not be made with this key. Give the key the
        permission to write webhook endpoints and check again, or make one by hand under{" "}
        <StripeLink href={endpointsUrl(account.livemode)}>Webhooks</StripeLink>, with all events of invoices and credit
        notes and this address:
      </p>
      <p className="mt-1.5">
        <code className="font-mono break-all select-all">{url}</code>
      </p>
      <form
        className="mt-2 flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Signing secret" className="min-w-56 flex-1" error={problem ?? undefined}>
          <TextInput
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="whsec_…"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </Field>
        <Button type="submit" busy={busy} disabled={secret.trim() === ""}>
          Save the secret
        </Button>
      </form>
    </div>
  );
}
