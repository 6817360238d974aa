import { useFormat } from "../../data/format.ts";
import { type Client, type Project, useWorkspace } from "../../data/workspace.tsx";
import { effectiveRate } from "./effective-rate.ts";

const origins = { project: "", client: "client's", workspace: "workspace's" };

/** What an hour of new work on the project costs, and where that is set. */
export function RateOf({ project, client }: { project: Project; client: Client }) {
  const format = useFormat();
  const { workspace } = useWorkspace();
  if (project.billing_type === "non_billable") return <span className="text-faint">–</span>;
  const rate = effectiveRate(project, client, workspace);
  if (rate === null) return <span className="text-warn">no rate</span>;
  return (
    <span>
      {rate.from !== "project" && <span className="text-sm text-faint">{origins[rate.from]} </span>}
      {format.money(rate.minor, client.currency, client.id)}
    </span>
  );
}
