import { readEstimateReport } from "@billhook/database/estimates";
import { listPeople } from "@billhook/database/people";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { useProjects, useWorkspace } from "../../data/workspace.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { EstimatePlots } from "./estimate-plots.tsx";
import { type EstimatesSearch, filterOf, latestMonths } from "./estimates-search.ts";

const monthWords = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** Do the estimates work? What was proposed beside what a person approved. */
export function EstimatesPage() {
  const db = useDb();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const search: EstimatesSearch = useSearch({ from: "/workspace/reports/estimates" });
  const navigate = useNavigate({ from: "/reports/estimates" });
  const projects = useProjects();
  const people = useQuery({
    queryKey: keys.people(workspace.id),
    queryFn: () => unwrap(listPeople(db, workspace.id)),
  });
  const report = useQuery({
    queryKey: [...keys.estimates(workspace.id), search.project, search.person, search.month],
    queryFn: () => unwrap(readEstimateReport(db, workspace.id, filterOf(search))),
    placeholderData: keepPreviousData,
  });
  const choose = (name: keyof EstimatesSearch, value: string): void => {
    const { [name]: _, ...rest } = search;
    void navigate({ search: value === "" ? rest : { ...rest, [name]: value }, replace: true });
  };
  const filtered = Object.keys(search).some((name) => name === "project" || name === "person" || name === "month");
  return (
    <Page
      title="Estimates"
      actions={
        <>
          <Select
            aria-label="Project"
            className="!w-40"
            value={search.project ?? ""}
            onChange={(event) => choose("project", event.target.value)}
          >
            <option value="">All projects</option>
            {(projects.data ?? []).map((project) => (
              <option key={project.id} value={project.id}>
                {project.name}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Person"
            className="!w-40"
            value={search.person ?? ""}
            onChange={(event) => choose("person", event.target.value)}
          >
            <option value="">Everybody</option>
            {(people.data ?? []).map((person) => (
              <option key={person.id} value={person.id}>
                {person.display_name}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Month"
            className="!w-40"
            value={search.month ?? ""}
            onChange={(event) => choose("month", event.target.value)}
          >
            <option value="">All time</option>
            {latestMonths(format.today(), 24).map((month) => (
              <option key={month} value={month}>
                {monthWords.format(new Date(`${month}-01T00:00:00Z`))}
              </option>
            ))}
          </Select>
        </>
      }
    >
      {report.data === undefined ? (
        report.isError ? (
          <ErrorState message={messageOf(report.error)} onRetry={() => void report.refetch()} />
        ) : (
          <ListSkeleton rowHeight={90} rows={5} />
        )
      ) : report.data.total.lines === 0 ? (
        <EmptyState
          title={filtered ? "Nothing approved fits these filters" : "Nothing is approved yet"}
          action={
            filtered ? (
              <Link to="/reports/estimates" className={buttonClass()}>
                Show everything
              </Link>
            ) : (
              <Link to="/inbox" className={buttonClass()}>
                Open the inbox
              </Link>
            )
          }
        >
          Each approved draft shows how near its estimate came.
        </EmptyState>
      ) : (
        <EstimatePlots report={report.data} format={format} />
      )}
    </Page>
  );
}
