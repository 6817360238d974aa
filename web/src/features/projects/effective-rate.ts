import type { RateScope } from "@billhook/database/rates";
import type { Client, Project, Workspace } from "../../data/workspace.tsx";
import type { Rate } from "../rates/rate-data.ts";

export interface EffectiveRate {
  /** Minor units of the client's currency, per hour. */
  minor: number;
  from: RateScope;
}

type Dated = Pick<
  Rate,
  "scope" | "client_id" | "project_id" | "person_id" | "currency" | "hourly_rate_minor" | "valid_from"
>;

/**
 * The rate of new work of anybody, as `private.rate_of_work` in the database finds it; null where nobody set one. `rates`
 * are those that are set apart from the fields, with the day (`YYYY-MM-DD`) on which they are asked for.
 */
export function effectiveRate(
  project: Pick<Project, "hourly_rate_minor"> & { id?: string },
  client: Pick<Client, "hourly_rate_minor" | "currency"> & { id?: string },
  workspace: Pick<Workspace, "hourly_rate_minor" | "currency">,
  rates: readonly Dated[] = [],
  day = "9999-12-31",
): EffectiveRate | null {
  const dated = (from: RateScope): number | null =>
    rates
      .filter(
        (rate) =>
          rate.scope === from &&
          rate.currency === client.currency &&
          rate.valid_from <= day &&
          (rate.client_id === null || rate.client_id === client.id) &&
          (rate.project_id === null || rate.project_id === project.id),
      )
      .toSorted((a, b) => (a.valid_from < b.valid_from ? 1 : -1))[0]?.hourly_rate_minor ?? null;
  const candidates: [RateScope, number | null][] = [
    ["client_special", null],
    ["project", project.hourly_rate_minor],
    ["client", client.hourly_rate_minor],
    ["workspace", workspace.currency === client.currency ? workspace.hourly_rate_minor : null],
  ];
  for (const [from, field] of candidates) {
    const minor = dated(from) ?? field;
    if (minor !== null) return { minor, from };
  }
  return null;
}
