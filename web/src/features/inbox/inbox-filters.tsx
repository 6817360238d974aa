import { useMemo } from "react";
import { useClients, useProjects, useRepositories } from "../../data/workspace.tsx";
import { Checkbox, Select, TextInput } from "../../ui/field.tsx";
import { NONE } from "./group-drafts.ts";
import type { InboxRow } from "./inbox-row.ts";
import { type InboxSearch, type Order, groupings, orders } from "./inbox-search.ts";

type Change = { [Key in keyof InboxSearch]?: InboxSearch[Key] | undefined };

const orderNames: Record<Order, string> = {
  date: "date",
  hours: "hours",
  amount: "amount",
  ticket: "ticket",
  person: "person",
};

/** What there is to choose from of a column, by name; "none" where some have none. */
function valuesOf(rows: Iterable<InboxRow>, read: (row: InboxRow) => string | null): [value: string, name: string][] {
  const values = new Set([...rows].map(read));
  const named = [...values].flatMap((value): [string, string][] => (value === null ? [] : [[value, value]]));
  named.sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
  return values.has(null) ? [...named, [NONE, "None"]] : named;
}

/** Everything that narrows the list down or puts it in order: all of it in the address. */
export function InboxFilters(props: {
  search: InboxSearch;
  rows: ReadonlyMap<string, InboxRow>;
  onChange: (change: Change) => void;
}) {
  const { search, rows, onChange } = props;
  const clients = useClients().data ?? [];
  const projects = (useProjects().data ?? []).filter(
    (project) => search.client === undefined || project.client_id === search.client,
  );
  const repositories = (useRepositories().data ?? []).filter(
    (repository) => search.project === undefined || repository.project_id === search.project,
  );
  const values = useMemo(() => {
    const all = [...rows.values()];
    return {
      person: valuesOf(all, (row) => row.author_name),
      ticket: valuesOf(all, (row) => row.ticket_key),
      epic: valuesOf(all, (row) => row.epic),
      category: valuesOf(all, (row) => row.category),
    };
  }, [rows]);
  const choice = (
    key: "client" | "project" | "repository" | "person" | "ticket" | "epic" | "category",
    label: string,
    all: string,
    options: readonly (readonly [string, string])[],
    more: Change = {},
  ) => (
    <Select
      aria-label={label}
      className="md:!w-auto md:max-w-36"
      value={search[key] ?? ""}
      onChange={(event) => onChange({ [key]: event.target.value === "" ? undefined : event.target.value, ...more })}
    >
      <option value="">{all}</option>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </Select>
  );
  const number = (key: "minHours" | "maxHours" | "minAmount" | "maxAmount", label: string, placeholder: string) => (
    <TextInput
      type="number"
      min={0}
      step="any"
      aria-label={label}
      placeholder={placeholder}
      className="md:!w-20"
      value={search[key] ?? ""}
      onChange={(event) => onChange({ [key]: event.target.value === "" ? undefined : Number(event.target.value) })}
    />
  );
  const date = (key: "from" | "until", label: string) => (
    <TextInput
      type="date"
      aria-label={label}
      className="md:!w-34"
      value={search[key] ?? ""}
      onChange={(event) => onChange({ [key]: event.target.value === "" ? undefined : event.target.value })}
    />
  );
  const by = search.by ?? "date";
  return (
    <div
      role="group"
      aria-label="Filters and order"
      className="items-center gap-2 border-b border-line bg-canvas px-4 py-2 max-md:grid max-md:grid-cols-2 max-md:px-2 md:flex md:flex-wrap"
    >
      {choice(
        "client",
        "Client",
        "All clients",
        clients.map(({ id, name }) => [id, name] as const),
        {
          project: undefined,
        },
      )}
      {choice(
        "project",
        "Project",
        "All projects",
        projects.map(({ id, name }) => [id, name] as const),
      )}
      {choice(
        "repository",
        "Repository",
        "All repositories",
        repositories.map(({ id, name }) => [id, name ?? "Not yet bound"] as const),
      )}
      {choice("person", "Person", "Everybody", values.person)}
      {choice("ticket", "Ticket", "All tickets", values.ticket)}
      {choice("epic", "Epic", "All epics", values.epic)}
      {choice("category", "Category", "All categories", values.category)}
      <label className="flex h-8 items-center gap-1.5">
        <Checkbox
          checked={search.flagged === "yes"}
          onChange={(event) => onChange({ flagged: event.target.checked ? "yes" : undefined })}
        />
        Flagged
      </label>
      <span className="flex items-center gap-1 text-muted max-md:col-span-2">
        {date("from", "From")} – {date("until", "Until")}
      </span>
      <span className="flex items-center gap-1 text-muted max-md:col-span-2">
        {number("minHours", "Hours, at least", "Hours")} – {number("maxHours", "Hours, at most", "most")}
      </span>
      <span className="flex items-center gap-1 text-muted max-md:col-span-2">
        {number("minAmount", "Amount, at least", "Amount")} – {number("maxAmount", "Amount, at most", "most")}
      </span>
      <Select
        aria-label="Then group by"
        className="md:!w-auto"
        value={search.within ?? ""}
        onChange={(event) => onChange({ within: groupings.find((value) => value === event.target.value) })}
      >
        <option value="">No inner groups</option>
        {groupings
          .filter((value) => value !== (search.group ?? "project"))
          .map((value) => (
            <option key={value} value={value}>
              Then by {value}
            </option>
          ))}
      </Select>
      <Select
        aria-label="Sort by"
        className="md:!w-auto"
        value={`${by} ${search.sort ?? "desc"}`}
        onChange={(event) => {
          const [order, sort] = event.target.value.split(" ");
          const found = orders.find((value) => value === order);
          onChange({ by: found === "date" ? undefined : found, sort: sort === "asc" ? "asc" : undefined });
        }}
      >
        {orders.flatMap((order) => [
          <option key={`${order} desc`} value={`${order} desc`}>
            {`Sorted by ${orderNames[order]}, ${order === "date" ? "newest first" : "down"}`}
          </option>,
          <option key={`${order} asc`} value={`${order} asc`}>
            {`Sorted by ${orderNames[order]}, ${order === "date" ? "oldest first" : "up"}`}
          </option>,
        ])}
      </Select>
    </div>
  );
}
