import { Link } from "@tanstack/react-router";
import { Check, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useClients, useProjects, useRepositories } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Checkbox, Select, TextInput } from "../../ui/field.tsx";
import { ListSkeleton } from "../../ui/states.tsx";
import { CopyField } from "./copy-field.tsx";
import { WaitingDot } from "./first-delivery.tsx";
import { useGrants } from "./host-data.ts";
import { ImportPanel } from "./import-panel.tsx";
import { type Picked, useHostRepositories, usePicking } from "./pick-data.ts";
import { providerNames } from "./provider-names.ts";

/** Picking repositories of a connected host, each with its project; then their first deliveries and their history. */
export function PickDialog(props: { grantId: string; projectId: string | null; onClose: () => void }) {
  const grants = useGrants();
  const grant = grants.data?.find((candidate) => candidate.id === props.grantId);
  const picking = usePicking(props.grantId);
  const host = grant === undefined ? "the host" : (providerNames[grant.provider] ?? grant.provider);
  const isPicking = picking.results.length === 0 && !picking.busy;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      size="lg"
      title={isPicking ? `Pick repositories from ${host}` : `Connecting ${host}`}
      description={
        grant === undefined
          ? undefined
          : isPicking
            ? `Connected as ${grant.account_name ?? "an account"}. A webhook for pushes is made in each repository you pick.`
            : "Each push becomes drafts of its project."
      }
    >
      {isPicking ? (
        <Picker
          grantId={props.grantId}
          projectId={props.projectId}
          provider={grant?.provider ?? null}
          onCancel={props.onClose}
          onConnect={(chosen) => void picking.connect(chosen)}
        />
      ) : (
        <div className="flex flex-col gap-3">
          {picking.results.map((result) => (
            <Result key={result.name} result={result} provider={grant?.provider ?? ""} />
          ))}
          {picking.busy && (
            <p role="status" className="flex items-center gap-2.5 text-muted">
              <WaitingDot /> Checking access and making the webhook…
            </p>
          )}
          <DialogActions>
            <Button variant="primary" disabled={picking.busy} onClick={props.onClose}>
              Done
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

function Picker(props: {
  grantId: string;
  projectId: string | null;
  provider: string | null;
  onCancel: () => void;
  onConnect: (chosen: { name: string; projectId: string }[]) => void;
}) {
  const projects = useProjects();
  const repositories = useRepositories();
  const active = (projects.data ?? []).filter((project) => project.archived_at === null);
  const usual = props.projectId ?? (active.length === 1 ? active[0]?.id : undefined) ?? "";
  const [search, setSearch] = useState("");
  const asked = useDelayed(search, 250);
  const found = useHostRepositories(props.grantId, asked);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  // While the host is asked, what is there already is searched.
  const wanted = search.trim().toLowerCase();
  const listed = (found.data?.pages.flatMap((page) => page.repositories) ?? []).filter((repository) =>
    repository.name.toLowerCase().includes(wanted),
  );
  // What was chosen stays in sight, whatever is searched for.
  const names = [...new Set([...chosen.keys(), ...listed.map((repository) => repository.name)])];
  const connected = new Set(
    (repositories.data ?? [])
      .filter((repository) => repository.provider === props.provider && repository.archived_at === null)
      .map((repository) => repository.name),
  );
  const choose = (name: string, project: string | null): void => {
    const next = new Map(chosen);
    if (project === null) next.delete(name);
    else next.set(name, project);
    setChosen(next);
  };
  const isComplete = chosen.size > 0 && [...chosen.values()].every((project) => project !== "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) props.onConnect([...chosen].map(([name, projectId]) => ({ name, projectId })));
      }}
    >
      <TextInput
        autoFocus
        type="search"
        aria-label="Search repositories"
        placeholder="Search by name"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      <div className="mt-2 max-h-[42dvh] min-h-40 overflow-y-auto rounded-md border border-line">
        {found.isPending ? (
          <ListSkeleton rows={4} />
        ) : found.isError ? (
          <div className="flex flex-col items-start gap-2 p-3">
            <p role="alert" className="text-danger">
              {found.error.message}
            </p>
            <Button size="sm" className="max-md:h-9" onClick={() => void found.refetch()}>
              Try again
            </Button>
          </div>
        ) : names.length === 0 ? (
          <p className="p-3 text-muted">
            {asked === ""
              ? "This account sees no repository."
              : `No repository matches “${asked}”. Organisations may have to allow Billhook first.`}
          </p>
        ) : (
          <ul>
            {names.map((name) => (
              <li
                key={name}
                className="flex min-h-9 flex-wrap items-center gap-2 border-b border-line px-3 py-1 last:border-b-0"
              >
                <label className="flex min-w-0 flex-1 cursor-pointer items-center gap-2.5 py-1">
                  <Checkbox
                    checked={chosen.has(name)}
                    onChange={(event) => choose(name, event.target.checked ? usual : null)}
                  />
                  <span className="truncate">{name}</span>
                  {connected.has(name) && <Badge>Connected</Badge>}
                </label>
                {chosen.has(name) && (
                  <ProjectSelect
                    label={`Project of ${name}`}
                    value={chosen.get(name) ?? ""}
                    onChange={(project) => choose(name, project)}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {found.hasNextPage && (
          <div className="p-2 text-center">
            <Button
              size="sm"
              className="max-md:h-9"
              busy={found.isFetchingNextPage}
              onClick={() => void found.fetchNextPage()}
            >
              Show more
            </Button>
          </div>
        )}
      </div>
      {projects.data !== undefined && active.length === 0 && (
        <p className="mt-2 text-warn">
          A repository belongs to a project, and there is none yet. <Link to="/clients">Make one first.</Link>
        </p>
      )}
      <DialogActions>
        <Button onClick={props.onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={!isComplete}>
          {chosen.size > 1 ? `Connect ${chosen.size} repositories` : "Connect the repository"}
        </Button>
      </DialogActions>
    </form>
  );
}

function ProjectSelect(props: { label: string; value: string; onChange: (project: string) => void }) {
  const clients = useClients();
  const projects = useProjects();
  return (
    <Select
      aria-label={props.label}
      className="w-56! max-md:w-full!"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="">Choose a project</option>
      {(clients.data ?? []).map((client) => {
        const own = (projects.data ?? []).filter(
          (project) => project.client_id === client.id && project.archived_at === null,
        );
        return own.length === 0 ? null : (
          <optgroup key={client.id} label={client.name}>
            {own.map((project) => (
              <option key={project.id} value={project.id}>
                {project.name}
              </option>
            ))}
          </optgroup>
        );
      })}
    </Select>
  );
}

function Result({ result, provider }: { result: Picked; provider: string }) {
  const repositories = useRepositories();
  const host = providerNames[provider] ?? "The host";
  if (!result.ok) {
    return (
      <div className="rounded-md border border-line p-3">
        <p className="flex items-center gap-2 font-medium">
          <TriangleAlert size={14} className="text-danger" aria-hidden /> {result.name}
        </p>
        <p role="alert" className="mt-1 text-danger">
          {result.message}
        </p>
      </div>
    );
  }
  const { connected } = result;
  const repository = repositories.data?.find((candidate) => candidate.id === connected.id);
  const received = repository !== undefined && repository.first_delivery_at !== null;
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{connected.name}</span>
        {repository !== undefined && (
          <Link to="/repositories" search={{ repository: repository.id }} className={buttonClass("ghost", "sm")}>
            Settings
          </Link>
        )}
      </div>
      {connected.hook_error !== null && !received ? (
        <>
          <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
            {connected.hook_error} Paste it there yourself; the secret is shown only now.
          </p>
          <CopyField label="Address" value={connected.webhook_url} />
          {connected.webhook_secret !== null && <CopyField label="Secret" value={connected.webhook_secret} />}
        </>
      ) : (
        <p
          role="status"
          className={received ? "flex items-center gap-2 text-ok" : "flex items-center gap-2.5 text-muted"}
        >
          {received ? (
            <>
              <Check size={14} aria-hidden /> The webhook works: {host} has sent its first delivery.
            </>
          ) : (
            <>
              <WaitingDot />
              {provider === "github" || provider === "gitea"
                ? "The webhook is made. Waiting for its ping…"
                : `The webhook is made. ${host} sends nothing until the next push.`}
            </>
          )}
        </p>
      )}
      {repository !== undefined && <ImportPanel repository={repository} hasGrant />}
    </div>
  );
}

/** A value once it has stood still. */
function useDelayed(value: string, milliseconds: number): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return delayed;
}
