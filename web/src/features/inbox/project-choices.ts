import { useMemo } from "react";
import { useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { effectiveRate } from "../projects/effective-rate.ts";
import type { EditChanges } from "./inbox-actions.ts";
import type { InboxRow } from "./inbox-row.ts";

/** A project that a line can belong to, with what a line takes over from it. */
export interface ProjectChoice {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  currency: string;
  /** Minor units per hour. */
  rate: number | null;
  billable: boolean;
}

/** The workspace's projects that are in use, by client and name. */
export function useProjectChoices(): readonly ProjectChoice[] {
  const { workspace } = useWorkspace();
  const projects = useProjects().data;
  const clients = useClients().data;
  return useMemo(() => {
    const byId = new Map((clients ?? []).map((client) => [client.id, client]));
    const choices = (projects ?? []).flatMap((project): ProjectChoice[] => {
      const client = byId.get(project.client_id);
      if (client === undefined || project.archived_at !== null) return [];
      return [
        {
          id: project.id,
          name: project.name,
          clientId: client.id,
          clientName: client.name,
          currency: client.currency,
          rate: effectiveRate(project, client, workspace)?.minor ?? null,
          billable: project.billing_type !== "non_billable",
        },
      ];
    });
    return choices.toSorted((a, b) => a.clientName.localeCompare(b.clientName) || a.name.localeCompare(b.name));
  }, [projects, clients, workspace]);
}

/** What of a row follows from its changes: moved to another project, it takes over that one's rate and client. */
export function shownOf(changes: EditChanges, choices: readonly ProjectChoice[]): Partial<InboxRow> {
  const project = choices.find((choice) => choice.id === changes.project_id);
  if (project === undefined) return {};
  return {
    project_name: project.name,
    client_id: project.clientId,
    client_name: project.clientName,
    currency: project.currency,
    ...(changes.hourly_rate_minor === undefined ? { hourly_rate_minor: project.rate } : {}),
    ...(changes.billable === undefined ? { billable: project.billable } : {}),
  };
}
