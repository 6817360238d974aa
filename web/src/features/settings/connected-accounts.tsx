import { disconnectGrant } from "@billhook/database/oauth";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApp, useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { type Repository, useMembers, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type HostGrant, useGrants } from "../repositories/host-data.ts";
import { readRefusal, wordsOfRefusal } from "../repositories/host-refusal.ts";
import { providerNames } from "../repositories/provider-names.ts";
import { useHostConnection } from "../repositories/use-host-connection.ts";

/** Whose access to which git host the workspace has, for which repositories, and how to mend it or let it go. */
export function ConnectedAccounts() {
  const { workspace, canManage } = useWorkspace();
  const grants = useGrants();
  const repositories = useRepositories();
  useLiveTable("host_grants", workspace.id, keys.grants(workspace.id));
  const [leaving, setLeaving] = useState<HostGrant | null>(null);
  if (grants.isPending || repositories.isPending) return <ListSkeleton rows={2} />;
  if (grants.isError && grants.data === undefined)
    return <ErrorState message={messageOf(grants.error)} onRetry={() => void grants.refetch()} />;
  const used = (grant: HostGrant): Repository[] =>
    (repositories.data ?? []).filter(({ grant_id, archived_at }) => grant_id === grant.id && archived_at === null);
  // What only archived repositories used has nothing to show.
  const shown = (grants.data ?? []).filter((grant) => grant.kind !== "token" || used(grant).length > 0);
  const refusal = readRefusal();
  return (
    <>
      {refusal !== null && (
        <p role="alert" className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          {wordsOfRefusal(refusal)}
        </p>
      )}
      {shown.length === 0 ? (
        <p className="mb-3 text-muted">
          None. Pushes are recorded from what they carry themselves; with access to the host they are completed, and
          missed ones are found.
        </p>
      ) : (
        <ul className="mb-3 divide-y divide-line rounded-md border border-line">
          {shown.map((grant) => (
            <Account key={grant.id} grant={grant} repositories={used(grant)} onLeave={() => setLeaving(grant)} />
          ))}
        </ul>
      )}
      {canManage && (
        <Link to="/repositories" search={{ connect: "new" }} className={buttonClass()}>
          Connect an account
        </Link>
      )}
      {leaving !== null && (
        <LeaveDialog grant={leaving} repositories={used(leaving)} onClose={() => setLeaving(null)} />
      )}
    </>
  );
}

function Account(props: { grant: HostGrant; repositories: Repository[]; onLeave: () => void }) {
  const { grant, repositories } = props;
  const { config } = useApp();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const members = useMembers();
  const connection = useHostConnection();
  const host = providerNames[grant.provider] ?? grant.provider;
  const person = members.data?.find((member) => member.user_id === grant.created_by)?.display_name;
  const canConnect = grant.kind !== "token" && config.oauth[grant.provider] !== undefined;
  const broken = repositories.find(({ host_error }) => host_error !== null);
  const trouble = grant.revoked_reason ?? broken?.host_error ?? null;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2.5">
      <div className="min-w-0 flex-1 max-md:basis-full">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{nameOf(grant, repositories)}</span>
          {trouble === null ? <Badge tone="ok">Works</Badge> : <Badge tone="danger">Needs mending</Badge>}
        </p>
        <p className="mt-0.5 text-muted">
          {host}
          {grant.base_url !== null && ` at ${grant.base_url.replace(/^https?:\/\//u, "")}`} ·{" "}
          {person === undefined ? "connected" : `connected by ${person}`}, {format.instant(grant.created_at)}
        </p>
        {trouble !== null && <p className="mt-1 rounded-md bg-danger-soft px-3 py-2 text-danger">{trouble}</p>}
        {repositories.length === 0 ? (
          <p className="mt-0.5 text-muted">No repository uses it.</p>
        ) : (
          <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5" aria-label="Repositories that use it">
            {repositories.map((repository) => (
              <li key={repository.id}>
                <Link
                  to="/repositories"
                  search={{ repository: repository.id }}
                  className="text-accent-strong hover:underline max-md:inline-flex max-md:min-h-9 max-md:items-center"
                >
                  {repository.name ?? "Waiting for the first delivery"}
                </Link>
              </li>
            ))}
          </ul>
        )}
        {connection.problem !== null && (
          <p role="alert" className="mt-1 text-danger">
            {connection.problem}
          </p>
        )}
      </div>
      {canManage && (
        <div className="flex flex-wrap gap-2">
          {canConnect && grant.revoked_at === null && (
            <Link
              to="/repositories"
              search={{ connect: "new", grant: grant.id }}
              className={classNames(buttonClass("secondary", "sm"), "max-md:h-9")}
            >
              Pick repositories
            </Link>
          )}
          {canConnect && (
            <Button
              size="sm"
              className="max-md:h-9"
              variant={trouble === null ? "secondary" : "primary"}
              busy={connection.busy}
              onClick={() => void connection.begin(grant.provider, "/settings")}
            >
              Reconnect<span className="sr-only"> {nameOf(grant, repositories)}</span>
            </Button>
          )}
          {grant.kind === "token" && repositories[0] !== undefined && grant.revoked_at !== null && (
            <Link
              to="/repositories"
              search={{ repository: repositories[0].id }}
              className={classNames(buttonClass("primary", "sm"), "max-md:h-9")}
            >
              Mend
            </Link>
          )}
          {grant.revoked_at === null && (
            <Button size="sm" className="max-md:h-9" onClick={props.onLeave}>
              Disconnect<span className="sr-only"> {nameOf(grant, repositories)}</span>
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function nameOf(grant: HostGrant, repositories: readonly Repository[]): string {
  switch (grant.kind) {
    case "token":
      return `Access token for ${repositories[0]?.name ?? "a repository"}`;
    case "app":
      return `${grant.account_name ?? "An account"}, through the App`;
    default:
      return grant.account_name ?? "An account";
  }
}

/** Tokens that are thrown away cannot be had back without the host's pages. */
function LeaveDialog(props: { grant: HostGrant; repositories: Repository[]; onClose: () => void }) {
  const { grant, repositories } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const host = providerNames[grant.provider] ?? grant.provider;
  const name = nameOf(grant, repositories);
  const disconnect = async (): Promise<void> => {
    setBusy(true);
    const done = await disconnectGrant(db, grant.id);
    await Promise.all(
      [keys.grants(workspace.id), keys.repositories(workspace.id)].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
    setBusy(false);
    if (!done.ok) void notifyError(done.error.message);
    else void notify(`${name} is disconnected`);
    props.onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      title={`Disconnect ${name}`}
      description="Its tokens are thrown away."
    >
      <p>
        {repositories.length === 0
          ? "No repository uses it."
          : `${repositories.map((repository) => repository.name ?? "A repository").join(", ")} ${repositories.length === 1 ? "goes" : "go"} on from what pushes say themselves: without line counts, and without finding what was missed. Webhooks stay as they are.`}
      </p>
      {grant.kind !== "token" && (
        <p className="mt-2 text-muted">
          {host} goes on listing Billhook among the applications of {grant.account_name ?? "the account"} until you take
          it away there.
        </p>
      )}
      <DialogActions>
        <Button onClick={props.onClose}>Cancel</Button>
        <Button variant="danger" busy={busy} onClick={() => void disconnect()}>
          Disconnect
        </Button>
      </DialogActions>
    </Dialog>
  );
}
