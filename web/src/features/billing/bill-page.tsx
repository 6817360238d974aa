import { type BillPlan, billClient, billTemplates } from "@billhook/database/billing";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, messageOf } from "../../data/query.ts";
import { type Client, useClients, useWorkspace } from "../../data/workspace.tsx";
import { describeExcess } from "../../lib/exceeded-budget.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify } from "../../ui/toast.tsx";
import { planTotals, templateNames, useBillPlan } from "./bill-data.ts";
import { LeftOutList } from "./left-out.tsx";
import { PlannedLines } from "./planned-lines.tsx";
import type { BillSearch } from "./bill-search.ts";

/** Everything of a client that can be billed, grouped into lines, with what it comes to before an invoice is made of it. */
export function BillPage() {
  const { clientId } = useParams({ from: "/workspace/clients/$clientId/bill" });
  const clients = useClients();
  const client = clients.data?.find(({ id }) => id === clientId);
  if (client !== undefined) return <Loaded key={clientId} client={client} />;
  return (
    <Page title="Bill a client">
      {clients.isPending ? (
        <ListSkeleton />
      ) : clients.isError ? (
        <ErrorState message={messageOf(clients.error)} onRetry={() => void clients.refetch()} />
      ) : (
        <EmptyState title="This client does not exist">It belongs to another workspace.</EmptyState>
      )}
    </Page>
  );
}

function Loaded({ client }: { client: Client }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const search = useSearch({ from: "/workspace/clients/$clientId/bill" });
  const template = billTemplates.find((name) => name === search.by) ?? "project_week";
  const plan = useBillPlan(client.id, {
    template,
    ...(search.from === undefined ? {} : { from: search.from }),
    ...(search.until === undefined ? {} : { until: search.until }),
  });
  // By their first entry: the same lines stay out when the list is loaded anew.
  const [unchosen, setUnchosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ message: string; overCap: boolean } | null>(null);
  const lines = (plan.data?.lines ?? []).filter((line) => !unchosen.has(line.entry_ids[0] ?? ""));
  const ready = canManage && lines.length > 0 && !plan.isPlaceholderData;

  const change = (next: BillSearch): void => {
    setProblem(null);
    void navigate({
      to: "/clients/$clientId/bill",
      params: { clientId: client.id },
      search: Object.fromEntries(
        Object.entries({ ...search, ...next }).filter(([, value]) => value !== ""),
      ) as BillSearch,
      replace: true,
    });
  };
  const bill = async (overCap = false): Promise<void> => {
    setBusy(true);
    setProblem(null);
    // The entries that are shown, not the period: what arrives meanwhile is not billed unseen.
    const entryIds = lines.flatMap((line) => line.entry_ids);
    const made = await billClient(db, client.id, { entry_ids: entryIds, template, over_cap: overCap });
    await queryClient.invalidateQueries({ queryKey: keys.workspace(client.workspace_id) });
    setBusy(false);
    if (!made.ok) {
      setProblem({ message: made.error.message, overCap: made.error.code === "over_cap" });
      return;
    }
    if (made.value.invoice_id === null) {
      setProblem({ message: "Somebody else has billed this meanwhile.", overCap: false });
      return;
    }
    const left = made.value.left_out.length;
    if (left > 0)
      void notify(
        left === 1 ? "1 entry was left out" : `${left} entries were left out`,
        undefined,
        "They are on another invoice.",
      );
    await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: made.value.invoice_id } });
  };
  useCommands([
    {
      id: "bill-client",
      label: `Bill ${client.name}`,
      group: "Invoice",
      keys: ["mod+enter"],
      enabled: ready && !busy,
      run: () => void bill(),
    },
  ]);

  return (
    <Page
      title={`Bill ${client.name}`}
      aside={
        <Link
          to="/clients/$clientId"
          params={{ clientId: client.id }}
          className="text-muted hover:text-ink hover:underline"
        >
          Client
        </Link>
      }
      actions={
        <Button variant="primary" busy={busy} disabled={!ready} onClick={() => void bill()}>
          Make the invoice draft
        </Button>
      }
    >
      <div className="grid items-start gap-x-4 gap-y-3 border-b border-line px-4 py-3 max-md:grid-cols-2 md:grid-cols-[160px_160px_220px_1fr]">
        <Field label="From">
          <TextInput
            type="date"
            min="1970-01-01"
            max="2199-12-31"
            value={search.from ?? ""}
            onChange={({ target }) => change({ from: target.value })}
          />
        </Field>
        <Field label="Until">
          <TextInput
            type="date"
            min="1970-01-01"
            max="2199-12-31"
            value={search.until ?? ""}
            onChange={({ target }) => change({ until: target.value })}
          />
        </Field>
        <Field label="A line for each" className="max-md:col-span-2">
          <Select
            value={template}
            onChange={({ target }) =>
              change({ by: billTemplates.find((name) => name === target.value) ?? "project_week" })
            }
          >
            {billTemplates.map((name) => (
              <option key={name} value={name}>
                {templateNames[name]}
              </option>
            ))}
          </Select>
        </Field>
        {plan.data !== undefined && <Sum plan={plan.data} lines={lines} client={client} />}
      </div>
      {problem !== null && (
        <div
          role="alert"
          className="flex flex-wrap items-center gap-3 border-b border-line bg-danger-soft px-4 py-2 text-danger"
        >
          <p className="min-w-0 flex-1">{problem.message}</p>
          {problem.overCap && (
            <Button onClick={() => void bill(true)} busy={busy}>
              Bill it all the same
            </Button>
          )}
        </div>
      )}
      {(plan.data?.over ?? []).map((over) => (
        <p key={over.project_id} className="border-b border-line bg-warn-soft px-4 py-2 text-warn">
          {over.project_name} would be past {describeExcess(over, format, client.currency, client.id)}.
        </p>
      ))}
      {plan.isPending ? (
        <ListSkeleton rows={6} rowHeight={52} />
      ) : plan.isError ? (
        <ErrorState message={messageOf(plan.error)} onRetry={() => void plan.refetch()} />
      ) : plan.data.lines.length === 0 ? (
        <EmptyState
          title="Nothing to bill"
          action={
            <Link to="/inbox" search={{ client: client.id }} className={buttonClass()}>
              Go to the inbox
            </Link>
          }
        >
          Nothing of this client is approved, priced and unbilled in this period.
        </EmptyState>
      ) : (
        <PlannedLines
          lines={plan.data.lines}
          client={client}
          currency={plan.data.currency}
          unchosen={unchosen}
          onChange={setUnchosen}
        />
      )}
      {plan.data !== undefined && plan.data.left_out_count > 0 && <LeftOutList plan={plan.data} />}
    </Page>
  );
}

/** What the chosen lines come to, live. */
function Sum({ plan, lines, client }: { plan: BillPlan; lines: BillPlan["lines"]; client: Client }) {
  const format = useFormat();
  const totals = planTotals(plan, lines);
  const money = (minor: number): string => format.money(minor, plan.currency, client.id);
  const minutes = Math.round(lines.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  return (
    <p role="status" className="text-right max-md:col-span-2">
      <span className="block text-sm text-muted">
        {lines.length === 1 ? "1 line" : `${lines.length} lines`}, {format.hours(minutes)}
        {totals.tax_minor > 0 && `, ${money(totals.subtotal_minor)} and ${money(totals.tax_minor)} tax`}
      </span>
      <span className="text-xl font-semibold">{money(totals.total_minor)}</span>
    </p>
  );
}
