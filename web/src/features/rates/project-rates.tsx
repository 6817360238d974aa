import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import type { Client, Project } from "../../data/workspace.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { scopeNames, useProjectRates } from "./rate-data.ts";
import { RatesPanel } from "./rates-panel.tsx";

/** What an hour on the project costs today, of whom, and which rate that is; and the rates that are set here. */
export function ProjectRates({ project, client }: { project: Project; client: Client }) {
  const format = useFormat();
  const rates = useProjectRates(project.id);
  return (
    <div className="flex flex-col gap-3">
      {rates.isPending ? (
        <Skeleton className="w-1/2" />
      ) : rates.isError ? (
        <ErrorState message={messageOf(rates.error)} onRetry={() => void rates.refetch()} />
      ) : (
        <dl className="flex flex-col gap-1">
          {rates.data.map((rate) => (
            <div key={rate.person_id ?? "anybody"} className="flex flex-wrap gap-x-3">
              <dt className="w-48 truncate">{rate.name ?? "Anybody"}, today</dt>
              <dd>
                {rate.minor === null || rate.source === null ? (
                  <span className="text-warn">no rate</span>
                ) : (
                  <>
                    <span className="font-medium">{format.money(rate.minor, client.currency, client.id)}</span>
                    <span className="text-muted">, {scopeNames[rate.source]}</span>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <RatesPanel
        kinds={[
          { scope: "project_person", label: "A person's on this project" },
          { scope: "project", label: "The project's" },
        ]}
        ids={{ project_id: project.id }}
        currency={client.currency}
        clientId={client.id}
      />
    </div>
  );
}
