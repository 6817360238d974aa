import { acceptStripeDifference } from "@billhook/database/stripe-comparison";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type Difference, wordsOf } from "./difference-words.ts";
import { type StripeAccount, useDifferences, useRefreshStripe } from "./payments-data.ts";

/** What the last comparison of an account's invoices found, and the button for another one. */
export function Differences({ account }: { account: StripeAccount }) {
  const app = useApp();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const refresh = useRefreshStripe();
  const differences = useDifferences();
  const [busy, setBusy] = useState(false);
  if (differences.isPending) return <ListSkeleton rows={1} />;
  const open = (differences.data ?? []).filter(
    ({ account_id, accepted_at }) => account_id === account.id && accepted_at === null,
  );
  const compare = async (): Promise<void> => {
    setBusy(true);
    const asked = await askWorker(() =>
      fetchApi(app, `/api/stripe/accounts/${account.id}/compare`, { method: "POST" }),
    );
    await refresh();
    setBusy(false);
    if (!asked.ok) {
      void notifyError(asked.problem.message);
      return;
    }
    const outcome = (await asked.response.json()) as { open: number; healed: number };
    const mended =
      outcome.healed === 1 ? "1 invoice was brought up to date." : `${outcome.healed} were brought up to date.`;
    void notify(
      outcome.open === 0 ? "Both sides say the same" : "The two sides differ",
      undefined,
      outcome.healed === 0 ? undefined : mended,
    );
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1 text-muted">
          {account.compared_at === null
            ? "Not compared yet."
            : open.length === 0
              ? `Both sides said the same on ${format.instant(account.compared_at)}.`
              : `Compared on ${format.instant(account.compared_at)}.`}
        </p>
        {canManage && (
          <Button size="sm" className="max-md:h-9" busy={busy} onClick={() => void compare()}>
            Compare now
          </Button>
        )}
      </div>
      {open.length > 0 && (
        <ul aria-label="Differences" className="divide-y divide-line rounded-md border border-line">
          {open.map((difference) => (
            <Row key={difference.id} difference={difference} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ difference }: { difference: Difference }) {
  const db = useDb();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const refresh = useRefreshStripe();
  const [busy, setBusy] = useState(false);
  const { what, advice } = wordsOf(difference, (minor, currency) => format.money(minor, currency));
  const accept = async (): Promise<void> => {
    setBusy(true);
    const accepted = await acceptStripeDifference(db, difference.id);
    await refresh();
    setBusy(false);
    if (!accepted.ok) void notifyError(accepted.error.message);
  };
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2.5">
      <div className="min-w-0 flex-1 max-md:basis-full">
        <p>
          {difference.invoice_id === null ? (
            <code className="font-mono">{difference.stripe_invoice_id}</code>
          ) : (
            <Link
              to="/invoices/$invoiceId"
              params={{ invoiceId: difference.invoice_id }}
              className="font-medium hover:underline"
            >
              {difference.invoices?.number ?? "An invoice"}
            </Link>
          )}
          : {what}
        </p>
        <p className="mt-0.5 text-muted">{advice}</p>
      </div>
      {canManage && (
        <Button size="sm" className="max-md:h-9" busy={busy} onClick={() => void accept()}>
          Leave it so
        </Button>
      )}
    </li>
  );
}
