import { type NewRate, removeRate, setRate } from "@billhook/database/rates";
import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type Rate, type RateKind, ratesKey, usePeople, useRates } from "./rate-data.ts";
import { RateForm } from "./rate-form.tsx";
import { RepriceDialog } from "./reprice-dialog.tsx";

const ALWAYS = "1970-01-01";

/** The rates of a client, a project or of people: from which day on each is valid, more of them, and putting them on old work. */
export function RatesPanel(props: {
  kinds: readonly [RateKind, ...RateKind[]];
  /** Whose rates they are; none for those of people and of the workspace. */
  ids: { client_id?: string; project_id?: string };
  /** The currency of what is set here. */
  currency: string;
  clientId: string | null;
}) {
  const { kinds, ids } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const rates = useRates();
  const people = usePeople();
  const [repricing, setRepricing] = useState(false);

  const act = async (change: Promise<{ ok: boolean; error?: { message: string } }>): Promise<boolean> => {
    const result = await change;
    await queryClient.invalidateQueries({ queryKey: ratesKey(workspace.id) });
    if (!result.ok) void notifyError(result.error?.message ?? "");
    return result.ok;
  };
  const add = (rate: NewRate): Promise<boolean> =>
    act(setRate(db, workspace.id, { ...rate, ...ids, ...personOf(rate) }));
  const remove = async (rate: Rate): Promise<void> => {
    if (!(await act(removeRate(db, rate.id)))) return;
    const again: NewRate = {
      scope: kinds.find(({ scope }) => scope === rate.scope)?.scope ?? kinds[0].scope,
      hourly_rate_minor: rate.hourly_rate_minor,
      currency: rate.currency,
      valid_from: rate.valid_from,
      ...(rate.person_id === null ? {} : { person_id: rate.person_id }),
    };
    void notify("Rate removed", { label: "Undo", run: () => void add(again) });
  };

  if (rates.isPending) return <ListSkeleton rows={2} />;
  if (rates.isError && rates.data === undefined)
    return <ErrorState message={messageOf(rates.error)} onRetry={() => void rates.refetch()} />;
  const own = (rates.data ?? []).filter(
    (rate) =>
      kinds.some(({ scope }) => scope === rate.scope) &&
      rate.client_id === (ids.client_id ?? null) &&
      rate.project_id === (ids.project_id ?? null),
  );
  const whose = (rate: Rate): string =>
    [
      rate.person_id === null
        ? null
        : (people.data?.find(({ id }) => id === rate.person_id)?.display_name ?? "somebody"),
      kinds.length > 1 || rate.person_id === null ? kinds.find(({ scope }) => scope === rate.scope)?.label : null,
    ]
      .filter((part) => part != null)
      .join(", ");

  return (
    <div className="flex flex-col gap-3">
      {own.length > 0 && (
        <div className="rounded-md border border-line">
          <Table>
            <thead>
              <tr>
                <HeadCell>Rate</HeadCell>
                <HeadCell>From</HeadCell>
                <HeadCell numeric>An hour</HeadCell>
                {canManage && (
                  <HeadCell className="w-10">
                    <span className="sr-only">Remove</span>
                  </HeadCell>
                )}
              </tr>
            </thead>
            <tbody>
              {own.map((rate) => (
                <Row key={rate.id}>
                  <Cell>
                    {whose(rate)}
                    {rate.kept_on_joining && <span className="text-muted"> · kept since they joined</span>}
                  </Cell>
                  <Cell className="text-muted">
                    {rate.valid_from === ALWAYS ? "always" : format.day(rate.valid_from)}
                  </Cell>
                  <Cell numeric>{format.money(rate.hourly_rate_minor, rate.currency, props.clientId)}</Cell>
                  {canManage && (
                    <Cell className="pl-0">
                      <IconButton label={`Remove the rate of ${whose(rate)}`} onClick={() => void remove(rate)}>
                        <Trash2 size={14} aria-hidden />
                      </IconButton>
                    </Cell>
                  )}
                </Row>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {canManage && (
        <RateForm
          kinds={kinds}
          currency={props.currency}
          locale={format.localeOf(props.clientId)}
          people={people.data ?? []}
          onAdd={add}
        />
      )}
      {canManage && (
        <Button size="sm" className="self-start" onClick={() => setRepricing(true)}>
          Apply to unbilled work since…
        </Button>
      )}
      {repricing && <RepriceDialog scope={ids} clientId={props.clientId} onClose={() => setRepricing(false)} />}
    </div>
  );
}

const personOf = (rate: NewRate): { person_id?: string } =>
  rate.person_id === undefined ? {} : { person_id: rate.person_id };
