import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { RotateCw, Webhook } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { useListKeys } from "../../lib/use-list-keys.ts";
import { useMedia, usePhone } from "../../lib/use-media.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Select } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { VirtualList } from "../../ui/virtual-list.tsx";
import { useDeliveries, useDelivery, useFailedDeliveries, useReplay } from "./delivery-data.ts";
import { DeliveryDetail } from "./delivery-detail.tsx";
import { deliveryStates, readState, stateNames } from "./delivery-state.ts";
import { DeliveryHead, DeliveryRow, PhoneDeliveryRow } from "./delivery-rows.tsx";

interface Shown {
  status?: string | undefined;
  repository?: string | undefined;
  delivery?: string | undefined;
}

/** Every webhook delivery: what arrived, what became of it, and a way to do it again. */
export function DeliveriesPage() {
  const { workspace, canWork } = useWorkspace();
  const search = useSearch({ from: "/workspace/deliveries" });
  const navigate = useNavigate();
  const phone = usePhone();
  const beside = useMedia("(min-width: 1024px)");
  const repositories = useRepositories();
  const state = readState(search.status);
  const repositoryId = search.repository ?? null;
  const deliveries = useDeliveries({ state, repositoryId });
  const failed = useFailedDeliveries();
  const replaying = useReplay();
  useLiveTable("webhook_deliveries", workspace.id, keys.deliveries(workspace.id));

  const rows = useMemo(() => deliveries.data?.pages.flat() ?? [], [deliveries.data]);
  const listed = rows.find((delivery) => delivery.id === search.delivery);
  const fetched = useDelivery(listed === undefined ? (search.delivery ?? null) : null);
  const chosen = listed ?? fetched.data;
  const show = (changes: Shown): void => {
    const shown = { ...search, ...changes };
    void navigate({
      to: "/deliveries",
      replace: changes.delivery !== undefined && search.delivery !== undefined,
      search: {
        ...(shown.status === undefined || shown.status === "all" ? {} : { status: shown.status }),
        ...(shown.repository === undefined || shown.repository === "all" ? {} : { repository: shown.repository }),
        ...(shown.delivery === undefined ? {} : { delivery: shown.delivery }),
      },
    });
  };
  const close = (): void => show({ delivery: undefined });
  const { current } = useListKeys({
    group: "Deliveries",
    count: rows.length,
    open: (index) => show({ delivery: rows[index]?.id }),
    state: [
      rows.findIndex((delivery) => delivery.id === search.delivery),
      (index) => show({ delivery: rows[index]?.id }),
    ],
  });
  const failures = failed.data ?? [];
  useCommands([
    {
      id: "delivery-replay",
      label: "Replay the delivery",
      group: "Deliveries",
      keys: ["r"],
      enabled: canWork && chosen?.status === "failed" && !replaying.busy,
      run: () => {
        if (chosen !== undefined) void replaying.replay([chosen.id]);
      },
    },
    {
      id: "delivery-replay-all",
      label: "Replay all failed deliveries",
      group: "Deliveries",
      keys: ["shift+r"],
      enabled: canWork && failures.length > 0 && !replaying.busy,
      run: () => void replaying.replay(failures),
    },
    {
      id: "delivery-close",
      label: "Close the delivery",
      group: "Deliveries",
      keys: ["escape"],
      hidden: true,
      enabled: chosen !== undefined,
      run: close,
    },
  ]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = deliveries;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const detail =
    chosen === undefined ? null : (
      <DeliveryDetail delivery={chosen} replaying={replaying} onClose={beside ? close : null} />
    );

  return (
    <Page
      title="Deliveries"
      aside={failures.length > 0 && <Badge tone="danger">{failures.length} failed</Badge>}
      actions={
        failures.length > 0 && (
          <Button disabled={!canWork} busy={replaying.busy} onClick={() => void replaying.replay(failures)}>
            {!replaying.busy && <RotateCw size={14} aria-hidden />} Replay all failed
          </Button>
        )
      }
    >
      <div className="flex items-start">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
            <div className="-mx-1 max-w-full overflow-x-auto px-1">
              <Tabs
                label="Status"
                value={state ?? "all"}
                items={[
                  { value: "all", label: "All" },
                  ...deliveryStates.map((value) => ({ value, label: stateNames[value] })),
                ]}
                onChange={(status) => show({ status, delivery: undefined })}
              />
            </div>
            <Select
              aria-label="Repository"
              className="ml-auto w-60! max-md:w-full!"
              value={repositoryId ?? "all"}
              onChange={(event) => show({ repository: event.target.value, delivery: undefined })}
            >
              <option value="all">All repositories</option>
              {(repositories.data ?? []).map((repository) => (
                <option key={repository.id} value={repository.id}>
                  {repository.name ?? "Not named yet"}
                </option>
              ))}
            </Select>
          </div>
          {deliveries.isPending ? (
            <ListSkeleton rowHeight={phone ? 60 : 36} />
          ) : deliveries.isError && rows.length === 0 ? (
            <ErrorState message={messageOf(deliveries.error)} onRetry={() => void deliveries.refetch()} />
          ) : rows.length === 0 ? (
            <NoDeliveries
              filtered={state !== null || repositoryId !== null}
              onClear={() => show({ status: "all", repository: "all" })}
            />
          ) : (
            <VirtualList
              label="Deliveries"
              items={rows}
              keyOf={(delivery) => delivery.id}
              rowHeight={phone ? 60 : 36}
              columns={
                phone
                  ? "minmax(0,1fr) auto"
                  : detail !== null && beside
                    ? "168px minmax(0,1fr) 80px 90px"
                    : "168px minmax(0,1.2fr) 80px 90px minmax(0,2fr) 70px"
              }
              head={phone ? undefined : <DeliveryHead narrow={detail !== null && beside} />}
              row={(delivery) => {
                const repository = repositories.data?.find((candidate) => candidate.id === delivery.repository_id);
                const props = { delivery, repository, onOpen: () => show({ delivery: delivery.id }) };
                return phone ? (
                  <PhoneDeliveryRow {...props} />
                ) : (
                  <DeliveryRow {...props} narrow={detail !== null && beside} />
                );
              }}
              current={current}
              onEnd={onEnd}
            />
          )}
        </div>
        {detail !== null && beside && (
          <aside
            aria-label="The delivery"
            className="sticky top-0 h-[calc(100dvh-49px)] w-[420px] shrink-0 overflow-y-auto border-l border-line bg-canvas"
          >
            {detail}
          </aside>
        )}
      </div>
      {!beside && (
        <Dialog
          open={detail !== null}
          onOpenChange={(open) => {
            if (!open) close();
          }}
          title={repositories.data?.find(({ id }) => id === chosen?.repository_id)?.name ?? "Delivery"}
        >
          <div className="-mx-4">{detail}</div>
        </Dialog>
      )}
    </Page>
  );
}

function NoDeliveries({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { timeZone } = useFormat();
  if (filtered) {
    return (
      <EmptyState title="No delivery matches" action={<Button onClick={onClear}>Show all deliveries</Button>}>
        There is none with this status and repository.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Webhook size={26} aria-hidden />}
      title="Nothing has arrived yet"
      action={
        <Link to="/repositories" search={{ connect: "new" }} className={buttonClass("primary")}>
          Connect a repository
        </Link>
      }
    >
      Every delivery of your git hosts appears here within two seconds, with what became of it. Times will be in{" "}
      {timeZone.replaceAll("_", " ")}.
    </EmptyState>
  );
}
