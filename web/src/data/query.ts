import type { DatabaseError, DatabaseResult } from "@billhook/database/errors";
import { QueryClient } from "@tanstack/react-query";

/** A failed read, as queries throw it: its message is for people. */
export class DatabaseFailure extends Error {
  readonly error: DatabaseError;

  constructor(error: DatabaseError) {
    super(error.message);
    this.name = "DatabaseFailure";
    this.error = error;
  }
}

/** For query functions: the value, or a DatabaseFailure for React Query to catch. */
export async function unwrap<T>(result: DatabaseResult<T> | Promise<DatabaseResult<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new DatabaseFailure(settled.error);
  return settled.value;
}

/** What a person reads about a read that failed. The error's own words speak of changes. */
function readProblem({ code, message }: DatabaseError): string {
  if (code === "unavailable") return "The server cannot be reached. Check your connection, or try again in a moment.";
  if (code === "unexpected") return "The server answered with an error. Try again in a moment.";
  return message;
}

/** What a person reads about something thrown while reading. */
export const messageOf = (error: unknown): string =>
  error instanceof DatabaseFailure ? readProblem(error.error) : "Something went wrong. Try again.";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal stays a refusal; only what may pass is tried again.
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof DatabaseFailure) || error.error.code === "unavailable"),
        refetchOnWindowFocus: true,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** Query keys. Everything of a workspace stands under `workspace(id)`. */
export const keys = {
  workspaces: (userId: string) => ["workspaces", userId] as const,
  workspace: (id: string) => ["workspace", id] as const,
  inbox: (id: string) => ["workspace", id, "inbox"] as const,
  people: (id: string) => ["workspace", id, "people"] as const,
  estimates: (id: string) => ["workspace", id, "estimates"] as const,
  members: (id: string) => ["workspace", id, "members"] as const,
  clients: (id: string) => ["workspace", id, "clients"] as const,
  projects: (id: string) => ["workspace", id, "projects"] as const,
  repositories: (id: string) => ["workspace", id, "repositories"] as const,
  grants: (id: string) => ["workspace", id, "grants"] as const,
  stripe: (id: string) => ["workspace", id, "stripe"] as const,
  trackers: (id: string) => ["workspace", id, "trackers"] as const,
  imports: (id: string) => ["workspace", id, "imports"] as const,
  deliveries: (id: string) => ["workspace", id, "deliveries"] as const,
  invoices: (id: string) => ["workspace", id, "invoices"] as const,
  invoice: (id: string, invoiceId: string) => ["workspace", id, "invoices", invoiceId] as const,
  notifications: (id: string) => ["workspace", id, "notifications"] as const,
  evidence: (id: string, draftId: string) => ["workspace", id, "evidence", draftId] as const,
};
