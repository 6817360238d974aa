import { useId, useState } from "react";
import { useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys } from "../../data/query.ts";
import { type Repository, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { type HostGrant, useGrants, useWorkerAction } from "./host-data.ts";
import { readRefusal, wordsOfRefusal } from "./host-refusal.ts";
import { providerNames } from "./provider-names.ts";
import { useHostConnection } from "./use-host-connection.ts";

/** What the repository may ask of its host, what is wrong with that, and how to mend it. */
export function HostAccess({ repository, grant }: { repository: Repository; grant: HostGrant | undefined }) {
  const { config } = useApp();
  const titleId = useId();
  const { workspace, canManage } = useWorkspace();
  const connection = useHostConnection();
  const refusal = readRefusal();
  const problem = connection.problem ?? (refusal === null ? null : wordsOfRefusal(refusal));
  useLiveTable("host_grants", workspace.id, keys.grants(workspace.id));
  const [replacing, setReplacing] = useState(false);
  const host = providerNames[repository.provider] ?? repository.provider;
  const isBroken = grant !== undefined && (grant.revoked_at !== null || repository.host_error !== null);
  const canConnect = config.oauth[repository.provider] !== undefined;
  const wantsToken = grant === undefined || grant.kind === "token" || repository.host_error !== null;
  return (
    <section aria-labelledby={titleId}>
      <div className="flex flex-wrap items-center gap-2">
        <h3 id={titleId} className="font-semibold">
          Access to {host}
        </h3>
        <span className="flex-1">
          {grant === undefined ? (
            <Badge>None</Badge>
          ) : isBroken ? (
            <Badge tone="danger">Needs mending</Badge>
          ) : (
            <Badge tone="ok">Works</Badge>
          )}
        </span>
        {canManage && grant !== undefined && grant.kind !== "token" && canConnect && isBroken && (
          <Button
            size="sm"
            variant="primary"
            className="max-md:h-9"
            busy={connection.busy}
            onClick={() => void connection.begin(repository.provider, `/repositories?repository=${repository.id}`)}
          >
            Connect {host} again
          </Button>
        )}
        {canManage && !replacing && wantsToken && repository.archived_at === null && (
          <Button size="sm" className="max-md:h-9" onClick={() => setReplacing(true)}>
            {grant === undefined ? "Add an access token" : "Replace the token"}
          </Button>
        )}
      </div>
      <GrantState repository={repository} grant={grant} host={host} />
      {problem !== null && (
        <p role="alert" className="mt-1 text-danger">
          {problem}
        </p>
      )}
      {canManage && repository.archived_at === null && (
        <OtherAccess repository={repository} grant={grant} onConnect={connection.begin} busy={connection.busy} />
      )}
      {replacing && <TokenForm repository={repository} host={host} onClose={() => setReplacing(false)} />}
    </section>
  );
}

/** In place of a token, or of an account that is no good any more: an account that is connected, or one to connect. */
function OtherAccess(props: {
  repository: Repository;
  grant: HostGrant | undefined;
  busy: boolean;
  onConnect: (provider: string, returnTo: string) => Promise<void>;
}) {
  const { repository, grant } = props;
  const { config } = useApp();
  const grants = useGrants();
  const action = useWorkerAction();
  const host = providerNames[repository.provider] ?? repository.provider;
  const isWanted =
    grant === undefined || grant.kind === "token" || grant.revoked_at !== null || repository.host_error !== null;
  if (!isWanted || repository.name === null) return null;
  const accounts = (grants.data ?? []).filter(
    (other) =>
      other.kind !== "token" &&
      other.provider === repository.provider &&
      other.revoked_at === null &&
      other.id !== grant?.id,
  );
  const change = async (account: HostGrant): Promise<void> => {
    if ((await action.ask(`/api/repositories/${repository.id}/grant`, { grant_id: account.id })) === null) return;
    void notify(`${host} is asked as ${account.account_name ?? "the account"} from now on`);
  };
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
        {accounts.map((account) => (
          <Button
            key={account.id}
            size="sm"
            className="max-md:h-9"
            busy={action.busy}
            onClick={() => void change(account)}
          >
            Use the account {account.account_name ?? "that is connected"}
          </Button>
        ))}
        {accounts.length === 0 &&
          (grant === undefined || grant.kind === "token") &&
          config.oauth[repository.provider] !== undefined && (
            <Button
              size="sm"
              className="max-md:h-9"
              busy={props.busy}
              onClick={() => void props.onConnect(repository.provider, `/repositories?repository=${repository.id}`)}
            >
              Connect {host} instead
            </Button>
          )}
      </div>
      {action.problem !== null && (
        <p role="alert" className="mt-1 text-danger">
          {action.problem.message}
        </p>
      )}
    </>
  );
}

function GrantState({
  repository,
  grant,
  host,
}: {
  repository: Repository;
  grant: HostGrant | undefined;
  host: string;
}) {
  const format = useFormat();
  if (grant === undefined) {
    return (
      <p className="mt-0.5 text-muted">
        Pushes are recorded from what they carry themselves: without line counts, and without commits that {host} leaves
        out. With an access token they are completed, and missed pushes are found.
      </p>
    );
  }
  const words = grant.revoked_reason ?? repository.host_error;
  if (words !== null) {
    return (
      <p role="alert" className="mt-1 rounded-md bg-danger-soft px-3 py-2 text-danger">
        {words}
      </p>
    );
  }
  const now = Date.now();
  const pause =
    grant.waits_until !== null && Date.parse(grant.waits_until) > now
      ? `${host} asked for a pause until ${format.instant(grant.waits_until)}. What is waiting goes on then.`
      : grant.budget_remaining === 0 && grant.budget_reset_at !== null && Date.parse(grant.budget_reset_at) > now
        ? `The requests that ${host} allows are used up until ${format.instant(grant.budget_reset_at)}. What is waiting goes on then.`
        : null;
  return (
    <>
      <p className="mt-0.5 text-muted">
        {grant.kind === "token"
          ? "With an access token"
          : `${grant.kind === "app" ? "Through the App installed for" : "As"} ${grant.account_name ?? "a connected account"}`}
        {grant.budget_limit !== null && grant.budget_remaining !== null && pause === null && (
          <span className="tabular-nums">
            {" "}
            · {grant.budget_remaining.toLocaleString("en")} of {grant.budget_limit.toLocaleString("en")} requests left
          </span>
        )}
      </p>
      {pause !== null && <p className="mt-1 rounded-md bg-warn-soft px-3 py-2 text-warn">{pause}</p>}
    </>
  );
}

function TokenForm({ repository, host, onClose }: { repository: Repository; host: string; onClose: () => void }) {
  const action = useWorkerAction();
  const [token, setToken] = useState("");
  const save = async (): Promise<void> => {
    const path = `/api/repositories/${repository.id}/token`;
    if ((await action.ask(path, { access_token: token })) === null) return;
    void notify("Access token saved", undefined, "Pushes that were recorded without the host are completed with it.");
    onClose();
  };
  return (
    <form
      className="mt-2 flex flex-col gap-3 rounded-md border border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label="Access token"
        hint={tokenHints[repository.provider] ?? `Made in ${host}, with leave to read the repository.`}
        error={action.problem?.message}
      >
        <TextInput
          autoFocus
          type="password"
          autoComplete="off"
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={action.busy}>
          Save the token
        </Button>
      </div>
    </form>
  );
}

/** Which rights the token needs, in the host's own words. */
const tokenHints: Readonly<Record<string, string>> = {
  github: "A fine-grained token with read access to Contents, Metadata and Pull requests of the repository.",
  gitlab: "A project or personal token with the scope read_api.",
  bitbucket: "A repository access token with the scopes repository and pullrequest, or user:app-password.",
  gitea: "A token with read access to repository.",
  "bitbucket-server": "An HTTP access token with the permission Repository read, or user:password.",
  azure: "A personal access token with the scope Code (Read), as user:token or alone.",
};
