/**
 * How a clone is connected: the webhook's address and secret, kept in the clone's own git config (never the person's),
 * so that whoever sends from it again uses the same connection.
 */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Clone, identifyClone, readSetting, writeSetting } from "./clone.ts";
import type { Target } from "./deliver.ts";
import { CommandFailure } from "./failure.ts";
import { ask, parseJson, readProblem, readRows, type Session } from "./stack.ts";

export const connectionKeys = {
  url: "billhook.webhookUrl",
  secret: "billhook.webhookSecret",
  repository: "billhook.repositoryId",
} as const;

export interface Connection extends Target {
  /** Billhook's id of it. */
  id: string;
  /** What pushes call the repository; kept, because the connection is bound to it. */
  repositoryId: string;
}

/** What `connectClone` did. */
export interface Connected {
  connection: Connection;
  /** True where it was made now. */
  isNew: boolean;
}

/** The clone's connection as it was kept, or null where it has none. */
export async function readConnection(clone: Clone): Promise<Connection | null> {
  const [webhookUrl, webhookSecret, repositoryId] = await Promise.all([
    readSetting(clone, connectionKeys.url),
    readSetting(clone, connectionKeys.secret),
    readSetting(clone, connectionKeys.repository),
  ]);
  if (webhookUrl === null || webhookSecret === null || !URL.canParse(webhookUrl)) return null;
  const id = new URL(webhookUrl).pathname.split("/").at(-1) ?? "";
  return { id, webhookUrl, webhookSecret, repositoryId: repositoryId ?? identifyClone(clone) };
}

const repositoryRow = z.object({ id: z.string(), project_id: z.string(), archived_at: z.string().nullable() });

/**
 * The clone's connection to this stack, made where there is none yet. A kept one is used wherever the stack has it, even
 * after the stack has moved to another address. `again` permits a second connection of the same repository, which
 * proposes the same commits once more.
 */
export async function connectClone(
  clone: Clone,
  session: Session,
  options: { projectId?: string | undefined; again: boolean },
): Promise<Connected> {
  const kept = await readConnection(clone);
  if (kept !== null && /^[0-9a-f-]{36}$/u.test(kept.id)) {
    const [row] = await readRows(
      session,
      `repositories?id=eq.${kept.id}&select=id,project_id,archived_at`,
      repositoryRow,
    );
    if (row !== undefined)
      return { connection: await keepUsing(clone, session, kept, row, options.projectId), isNew: false };
  }
  const projectId = options.projectId ?? session.stack.projectId ?? (await findOnlyProject(session));
  const repositoryId =
    kept?.repositoryId ?? (clone.origin === null ? randomBytes(20).toString("hex") : identifyClone(clone));
  if (!options.again) await refuseSecond(session, repositoryId, clone.name);
  return { connection: await connect(clone, session, projectId, repositoryId), isNew: true };
}

async function keepUsing(
  clone: Clone,
  session: Session,
  kept: Connection,
  row: z.infer<typeof repositoryRow>,
  projectId: string | undefined,
): Promise<Connection> {
  if (projectId !== undefined && projectId !== row.project_id) {
    throw new CommandFailure(
      "refused",
      `${clone.name} is connected to another project, ${row.project_id}.`,
      "Move the repository to the other project in the app, or leave --project out.",
    );
  }
  if (row.archived_at !== null) {
    throw new CommandFailure(
      "refused",
      `The connection of ${clone.name} is archived.`,
      "Bring it back in the app first.",
    );
  }
  const webhookUrl = `${session.stack.appUrl}/api/webhooks/github/${kept.id}`;
  if (webhookUrl !== kept.webhookUrl) await writeSetting(clone, connectionKeys.url, webhookUrl);
  return { ...kept, webhookUrl };
}

/** The same repository connected from another clone would be proposed, and billed, a second time. */
async function refuseSecond(session: Session, repositoryId: string, name: string): Promise<void> {
  const query = `repositories?provider=eq.github&external_id=eq.${repositoryId}&archived_at=is.null&select=id`;
  const [other] = await readRows(session, query, z.object({ id: z.string() }));
  if (other === undefined) return;
  throw new CommandFailure(
    "refused",
    `${name} is connected already, from another clone.`,
    "Copy the section [billhook] of that clone's .git/config to this one's; or make a second connection with --again.",
  );
}

async function findOnlyProject(session: Session): Promise<string> {
  const row = z.object({ id: z.string(), name: z.string() });
  const projects = await readRows(
    session,
    "projects?archived_at=is.null&select=id,name&order=created_at&limit=20",
    row,
  );
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only.id;
  throw new CommandFailure(
    "usage",
    projects.length === 0 ? "There is no project yet." : "There are several projects.",
    projects.length === 0
      ? "Make one in the app first."
      : `Name one with --project: ${projects.map(({ id, name }) => `${name} (${id})`).join(", ")}.`,
  );
}

const created = z.object({ id: z.string(), webhook_url: z.url(), webhook_secret: z.string().min(1) });

async function connect(clone: Clone, session: Session, projectId: string, repositoryId: string): Promise<Connection> {
  const { stack, accessToken } = session;
  const answer = await ask(
    `${stack.appUrl}/api/repositories`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({
        project_id: projectId,
        provider: "github",
        name: clone.name,
        ...(clone.origin?.url == null ? {} : { url: clone.origin.url }),
      }),
    },
    stack.appUrl,
  );
  if (answer.status !== 201) {
    const detail = await readProblem(answer);
    const reason = answer.status >= 500 ? "unreachable" : "refused";
    throw new CommandFailure(reason, `The repository could not be connected. ${detail}`);
  }
  const { id, webhook_url: webhookUrl, webhook_secret: webhookSecret } = created.parse(parseJson(await answer.text()));
  await writeSetting(clone, connectionKeys.repository, repositoryId);
  await writeSetting(clone, connectionKeys.secret, webhookSecret);
  await writeSetting(clone, connectionKeys.url, webhookUrl);
  return { id, webhookUrl, webhookSecret, repositoryId };
}
