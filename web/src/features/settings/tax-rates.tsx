import { settle } from "@billhook/database/client";
import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { messageOf } from "../../data/query.ts";
import { type TaxRate, taxKinds, taxRatesKey, useTaxRates } from "../../data/tax-rates.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { TaxRateDialog } from "./tax-rate-dialog.tsx";

const kindOf = (rate: TaxRate): string =>
  Object.entries(taxKinds).find(([name]) => name === rate.category)?.[1].label ?? "";

/** The taxes that lines can be charged with. */
export function TaxRates() {
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace, canManage } = useWorkspace();
  const rates = useTaxRates();
  const [adding, setAdding] = useState(false);

  const archive = async (rate: TaxRate, at: string | null): Promise<void> => {
    const done = await settle(db.from("tax_rates").update({ archived_at: at }).eq("id", rate.id).select("id").single());
    await queryClient.invalidateQueries({ queryKey: taxRatesKey(workspace.id) });
    if (!done.ok) void notifyError(done.error.message);
    else if (at !== null)
      void notify(`${rate.name} is archived`, { label: "Undo", run: () => void archive(rate, null) });
  };

  if (rates.isPending) return <ListSkeleton rows={2} />;
  if (rates.isError && rates.data === undefined)
    return <ErrorState message={messageOf(rates.error)} onRetry={() => void rates.refetch()} />;
  const used = (rates.data ?? []).filter(({ archived_at }) => archived_at === null);
  return (
    <>
      {used.length > 0 && (
        <ul className="mb-3 divide-y divide-line rounded-md border border-line">
          {used.map((rate) => (
            <li key={rate.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2">
              <span className="font-medium">{rate.name}</span>
              {rate.id === workspace.tax_rate_id && <Badge tone="accent">Default</Badge>}
              <span className="min-w-0 flex-1 text-muted max-md:basis-full">
                {[rate.category === "standard" ? `${rate.percent}%` : kindOf(rate), rate.note]
                  .filter((part) => part !== null && part !== rate.name)
                  .join(" · ")}
              </span>
              {canManage && (
                <Button size="sm" onClick={() => void archive(rate, new Date().toISOString())}>
                  Archive<span className="sr-only"> {rate.name}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {used.length === 0 && <p className="mb-3 text-muted">None: invoices say nothing about tax.</p>}
      {canManage && (
        <Button onClick={() => setAdding(true)}>
          <Plus size={14} aria-hidden /> Add a tax
        </Button>
      )}
      {adding && <TaxRateDialog onClose={() => setAdding(false)} />}
    </>
  );
}
