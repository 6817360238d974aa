import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { type App, useApp } from "./app.tsx";
import { keys, unwrap } from "./query.ts";

export type Workspace = Database["public"]["Tables"]["workspaces"]["Row"];
export type Member = Database["public"]["Tables"]["members"]["Row"];
export type Client = Database["public"]["Tables"]["clients"]["Row"];
export type Project = Database["public"]["Tables"]["projects"]["Row"];
export type Repository = Database["public"]["Tables"]["repositories"]["Row"];

/** The workspace shown now, and what the person may do in it. */
export interface CurrentWorkspace {
  workspace: Workspace;
  member: Member;
  all: readonly Workspace[];
  /** Owners, admins and members work the inbox. */
  canWork: boolean;
  /** Owners and admins invoice and change settings. */
  canManage: boolean;
  switchTo: (id: string) => void;
}

export const WorkspaceContext = createContext<CurrentWorkspace | null>(null);

export function useWorkspace(): CurrentWorkspace {
  const current = use(WorkspaceContext);
  if (current === null) throw new Error("useWorkspace outside of a workspace");
  return current;
}

export interface Memberships {
  workspaces: Workspace[];
  members: Member[];
}

/** The person's workspaces, oldest first, and their memberships. */
export const membershipsQuery = (app: App, userId: string) =>
  queryOptions({
    queryKey: keys.workspaces(userId),
    staleTime: 60_000,
    queryFn: async (): Promise<Memberships> => {
      const [workspaces, members] = await Promise.all([
        unwrap(settle(app.db.from("workspaces").select("*").order("created_at"))),
        unwrap(settle(app.db.from("members").select("*").eq("user_id", userId))),
      ]);
      const mine = new Set(members.map((member) => member.workspace_id));
      return { workspaces: workspaces.filter((workspace) => mine.has(workspace.id)), members };
    },
  });

/** All clients of the workspace by name, archived ones included. */
export function useClients() {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.clients(id),
    queryFn: () => unwrap(settle(app.db.from("clients").select("*").eq("workspace_id", id).order("name"))),
  });
}

/** All projects of the workspace by name, archived ones included. */
export function useProjects() {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.projects(id),
    queryFn: () => unwrap(settle(app.db.from("projects").select("*").eq("workspace_id", id).order("name"))),
  });
}

/** All connected repositories of the workspace, archived ones included. */
export function useRepositories() {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.repositories(id),
    queryFn: () => unwrap(settle(app.db.from("repositories").select("*").eq("workspace_id", id).order("created_at"))),
  });
}

/** Everybody in the workspace. */
export function useMembers() {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.members(id),
    staleTime: 60_000,
    queryFn: () => unwrap(settle(app.db.from("members").select("*").eq("workspace_id", id).order("display_name"))),
  });
}
