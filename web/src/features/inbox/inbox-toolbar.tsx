import { ListFilter, Search, X } from "lucide-react";
import { type RefObject, useState } from "react";
import { useClients, useProjects, useRepositories } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { type InboxSearch, groupings, inboxTabs } from "./inbox-search.ts";
import type { InboxView } from "./use-inbox-view.ts";

const tabNames = { open: "Open", deferred: "Deferred", approved: "Approved", ignored: "Ignored" } as const;

const groupingNames = {
  project: "project",
  ticket: "ticket",
  epic: "epic",
  date: "date",
  repository: "repository",
} as const;

export function InboxToolbar(props: {
  search: InboxSearch;
  counts: InboxView["counts"];
  filterField: RefObject<HTMLInputElement | null>;
  /** `undefined` takes a value out of the address. */
  onChange: (change: { [Key in keyof InboxSearch]?: InboxSearch[Key] | undefined }) => void;
  onLeaveFilter: () => void;
}) {
  const { search, counts } = props;
  const [wide, setWide] = useState(false);
  const filtered = [search.client, search.project, search.repository].filter(Boolean).length;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5 max-md:px-2">
      <div className="-mx-1 max-w-full overflow-x-auto px-1">
        <Tabs
          label="Status"
          value={search.tab ?? "open"}
          items={inboxTabs.map((value) => ({
            value,
            label: tabNames[value],
            ...(counts[value] === null ? {} : { count: counts[value] }),
          }))}
          onChange={(tab) => props.onChange({ tab: tab === "open" ? undefined : tab })}
        />
      </div>
      <div className="ml-auto flex min-w-0 flex-wrap items-center gap-2 max-md:ml-0 max-md:w-full">
        <div className={classNames("contents", !wide && "max-lg:[&>.filter]:hidden")}>
          <FilterSelects search={search} onChange={props.onChange} />
        </div>
        <Select
          aria-label="Group by"
          className="!w-auto"
          value={search.group ?? "project"}
          onChange={(event) => {
            const group = groupings.find((value) => value === event.target.value);
            props.onChange({ group: group === "project" ? undefined : group });
          }}
        >
          {Object.entries(groupingNames).map(([value, name]) => (
            <option key={value} value={value}>
              By {name}
            </option>
          ))}
        </Select>
        <span className="lg:hidden">
          <IconButton
            label={filtered === 0 ? "Filters" : `Filters, ${filtered} set`}
            aria-expanded={wide}
            className={filtered > 0 ? "text-accent-strong" : ""}
            onClick={() => setWide(!wide)}
          >
            <ListFilter size={15} aria-hidden />
          </IconButton>
        </span>
        <label className="relative flex min-w-32 flex-1 items-center md:w-44 md:flex-none">
          <Search size={13} aria-hidden className="absolute left-2 text-faint" />
          <input
            ref={props.filterField}
            type="search"
            value={search.q ?? ""}
            placeholder="Filter"
            aria-label="Filter by words"
            onChange={(event) => props.onChange({ q: event.target.value === "" ? undefined : event.target.value })}
            onKeyDown={(event) => {
              if (event.key !== "Escape" && event.key !== "Enter") return;
              event.preventDefault();
              if (event.key === "Escape") props.onChange({ q: undefined });
              event.currentTarget.blur();
              props.onLeaveFilter();
            }}
            className="h-8 w-full rounded-md border border-line-strong bg-surface pr-6 pl-7 text-base placeholder:text-faint max-md:h-10 max-md:text-[16px] [&::-webkit-search-cancel-button]:hidden"
          />
          <kbd
            aria-hidden
            className="pointer-events-none absolute right-2 rounded border border-line-strong bg-sunken px-1 font-sans text-[10.5px] text-muted max-md:hidden"
          >
            /
          </kbd>
        </label>
        {(filtered > 0 || search.q !== undefined) && (
          <IconButton
            label="Show all"
            onClick={() =>
              props.onChange({ q: undefined, client: undefined, project: undefined, repository: undefined })
            }
          >
            <X size={15} aria-hidden />
          </IconButton>
        )}
      </div>
    </div>
  );
}

function FilterSelects(props: { search: InboxSearch; onChange: Parameters<typeof InboxToolbar>[0]["onChange"] }) {
  const { search } = props;
  const clients = useClients().data ?? [];
  const projects = (useProjects().data ?? []).filter(
    (project) => search.client === undefined || project.client_id === search.client,
  );
  const repositories = (useRepositories().data ?? []).filter(
    (repository) => search.project === undefined || repository.project_id === search.project,
  );
  const chosen = (value: string): string | undefined => (value === "" ? undefined : value);
  return (
    <>
      <Select
        aria-label="Client"
        className="filter !w-auto max-w-36"
        value={search.client ?? ""}
        onChange={(event) => props.onChange({ client: chosen(event.target.value), project: undefined })}
      >
        <option value="">All clients</option>
        {clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Project"
        className="filter !w-auto max-w-36"
        value={search.project ?? ""}
        onChange={(event) => props.onChange({ project: chosen(event.target.value) })}
      >
        <option value="">All projects</option>
        {projects.map((project) => (
          <option key={project.id} value={project.id}>
            {project.name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Repository"
        className="filter !w-auto max-w-36"
        value={search.repository ?? ""}
        onChange={(event) => props.onChange({ repository: chosen(event.target.value) })}
      >
        <option value="">All repositories</option>
        {repositories.map((repository) => (
          <option key={repository.id} value={repository.id}>
            {repository.name ?? "Not yet bound"}
          </option>
        ))}
      </Select>
    </>
  );
}
