/** Who the demo's work is for. The companies are made up. */
import type { BillhookClient } from "@billhook/database/client";
import { createWorkspace } from "@billhook/database/workspaces";
import { must, mustAnswer } from "./demo-answers.ts";

export const demoTimeZone = "Europe/Berlin";

const workspace = {
  legal_name: "Demo Developer",
  address: "Lindenhof 7\n20095 Hamburg\nGermany",
  tax_id: "DE000000000",
  // The example of the registry of IBANs.
  iban: "DE89370400440532013000",
  bank_name: "Example Bank",
  hourly_rate_minor: 9000,
};

/** Rates in minor units per hour. */
const clients = [
  {
    details: {
      name: "Quillhaven Books Ltd",
      contact_name: "Accounts department",
      email: "accounts@quillhaven.example",
      address: "4 Harbour Row\nDublin\nIreland",
      country: "IE",
      currency: "EUR",
      locale: "en-IE",
      timezone: "Europe/Dublin",
    },
    projects: [
      { name: "Web shop", hourly_rate_minor: 9500 },
      { name: "Warehouse sync", hourly_rate_minor: 8500 },
    ],
  },
  {
    details: {
      name: "Larkmoor Analytics, Inc.",
      contact_name: "Accounts payable",
      email: "payables@larkmoor.example",
      address: "210 Prairie Avenue\nChicago, IL\nUSA",
      country: "US",
      currency: "USD",
      locale: "en-US",
      timezone: "America/Chicago",
    },
    projects: [{ name: "Reporting dashboard", hourly_rate_minor: 12000 }],
  },
];

/** What an empty demo has: somewhere for the first repository to belong to. */
const firstClients = [
  {
    details: { name: "First client", currency: "EUR" },
    projects: [{ name: "First project", hourly_rate_minor: 9000 }],
  },
];

export interface DemoPlaces {
  workspaceId: string;
  /** By name. */
  projects: Map<string, string>;
  clients: Map<string, string>;
}

/** Makes the workspace with its clients and projects; what is there already is taken as it is. */
export async function prepareWorkspace(db: BillhookClient, withWork: boolean): Promise<DemoPlaces> {
  const [existing] = await mustAnswer(db.from("workspaces").select("id").order("created_at").limit(1));
  const workspaceId =
    existing?.id ??
    (await must(
      createWorkspace(db, {
        name: withWork ? "Demo Developer" : "My workspace",
        currency: "EUR",
        timezone: demoTimeZone,
        displayName: "Demo Developer",
      }),
    ));
  if (withWork) await mustAnswer(db.from("workspaces").update(workspace).eq("id", workspaceId).select("id"));

  const wanted = withWork ? clients : firstClients;
  const known = await mustAnswer(db.from("clients").select("id, name").eq("workspace_id", workspaceId));
  const newClients = wanted
    .filter(({ details }) => !known.some(({ name }) => name === details.name))
    .map(({ details }) => ({ workspace_id: workspaceId, ...details }));
  if (newClients.length > 0) await mustAnswer(db.from("clients").insert(newClients).select("id"));
  const clientRows = await mustAnswer(db.from("clients").select("id, name").eq("workspace_id", workspaceId));
  const clientIds = new Map(clientRows.map(({ id, name }) => [name, id]));

  const knownProjects = await mustAnswer(db.from("projects").select("name").eq("workspace_id", workspaceId));
  const newProjects = wanted.flatMap((client) =>
    client.projects
      .filter(({ name }) => !knownProjects.some((project) => project.name === name))
      .map((project) => ({
        workspace_id: workspaceId,
        client_id: clientIds.get(client.details.name) ?? "",
        ...project,
      })),
  );
  if (newProjects.length > 0) await mustAnswer(db.from("projects").insert(newProjects).select("id"));
  const projectRows = await mustAnswer(
    db.from("projects").select("id, name").eq("workspace_id", workspaceId).order("created_at"),
  );
  return { workspaceId, clients: clientIds, projects: new Map(projectRows.map(({ id, name }) => [name, id])) };
}
