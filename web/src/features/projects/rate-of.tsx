import { useFormat } from "../../data/format.ts";
import { type Client, type Project, useWorkspace } from "../../data/workspace.tsx";
import { useRates } from "../rates/rate-data.ts";
import { effectiveRate } from "./effective-rate.ts";

const origins: Readonly<Record<string, string>> = {
  client_special: "special",
  client: "client's",
  workspace: "workspace's",
};

/** What an hour of new work on the project costs, and where that is set. */
export function RateOf({ project, client }: { project: Project; client: Client }) {
  const format = useFormat();
  const { workspace } = useWorkspace();
  const rates = useRates();
  if (project.billing_type === "non_billable") return <span className="text-faint">–</span>;
  const rate = effectiveRate(project, client, workspace, rates.data, format.today());
  if (rate === null) return <span className="text-warn">no rate</span>;
  return (
    <span>
      {rate.from !== "project" && <span className="text-sm text-faint">{origins[rate.from]} </span>}
      {format.money(rate.minor, client.currency, client.id)}
    </span>
  );
}
