import type { Client, Project, Workspace } from "../../data/workspace.tsx";

export interface EffectiveRate {
  /** Minor units of the client's currency, per hour. */
  minor: number;
  from: "project" | "client" | "workspace";
}

/** The rate of new work, as `private.project_rate_minor` in the database finds it; null where nobody set one. */
export function effectiveRate(
  project: Pick<Project, "hourly_rate_minor">,
  client: Pick<Client, "hourly_rate_minor" | "currency">,
  workspace: Pick<Workspace, "hourly_rate_minor" | "currency">,
): EffectiveRate | null {
  if (project.hourly_rate_minor !== null) return { minor: project.hourly_rate_minor, from: "project" };
  if (client.hourly_rate_minor !== null) return { minor: client.hourly_rate_minor, from: "client" };
  return workspace.hourly_rate_minor !== null && workspace.currency === client.currency
    ? { minor: workspace.hourly_rate_minor, from: "workspace" }
    : null;
}
