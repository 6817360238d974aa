import { messageOf } from "../../data/query.ts";
import { useMembers, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";

const roles: Readonly<Record<string, { name: string; may: string }>> = {
  owner: { name: "Owner", may: "everything, members included" },
  admin: { name: "Admin", may: "invoices, clients, repositories and settings" },
  member: { name: "Member", may: "approves, edits and ignores drafts" },
  viewer: { name: "Viewer", may: "looks at everything" },
};

/** Everybody in the workspace and what they may do. */
export function Members() {
  const { member: own } = useWorkspace();
  const members = useMembers();
  if (members.isPending) return <ListSkeleton rows={2} />;
  if (members.isError && members.data === undefined)
    return <ErrorState message={messageOf(members.error)} onRetry={() => void members.refetch()} />;
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {(members.data ?? []).map((member) => (
        <li key={member.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2">
          <span className="font-medium">{member.display_name}</span>
          {member.id === own.id && <Badge tone="accent">You</Badge>}
          <span className="truncate text-muted">{member.email}</span>
          <span className="ml-auto text-right max-md:ml-0 max-md:w-full max-md:text-left">
            {roles[member.role]?.name ?? member.role}
            <span className="text-muted"> · {roles[member.role]?.may}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
