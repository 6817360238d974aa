import { type MemberRole, changeMemberRole, removeMember } from "@billhook/database/members";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { keys, messageOf } from "../../data/query.ts";
import { type Member, useMembers, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Select } from "../../ui/field.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { Invitations } from "./invitations.tsx";
import { readRole, roleOptions, roles } from "./roles.tsx";

/** Everybody in the workspace and what they may do; owners change that. */
export function Members() {
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace, member: own } = useWorkspace();
  const members = useMembers();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const owns = own.role === "owner";
  if (members.isPending) return <ListSkeleton rows={2} />;
  if (members.isError && members.data === undefined)
    return <ErrorState message={messageOf(members.error)} onRetry={() => void members.refetch()} />;

  const change = async (member: Member, role: MemberRole): Promise<void> => {
    const done = await changeMemberRole(db, member.id, role);
    await queryClient.invalidateQueries({ queryKey: keys.members(workspace.id) });
    if (!done.ok) {
      void notifyError(done.error.message);
      return;
    }
    void notify(`${member.display_name} is ${roles[role].name.toLowerCase()} now`);
    // What the page offers depends on it.
    if (member.id === own.id) location.reload();
  };
  return (
    <>
      <ul className="divide-y divide-line rounded-md border border-line">
        {(members.data ?? []).map((member) => {
          const role = readRole(member.role);
          return (
            <li key={member.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <span className="font-medium">{member.display_name}</span>
              {member.id === own.id && <Badge tone="accent">You</Badge>}
              <span className="truncate text-muted">{member.email}</span>
              <span className="ml-auto flex items-center gap-2 max-md:ml-0 max-md:w-full">
                {owns ? (
                  <Select
                    aria-label={`Role of ${member.display_name}`}
                    className="w-28"
                    value={role}
                    onChange={({ target }) => void change(member, readRole(target.value))}
                  >
                    {roleOptions}
                  </Select>
                ) : (
                  <span>
                    {roles[role].name}
                    <span className="text-muted"> · {roles[role].may}</span>
                  </span>
                )}
                {(owns || member.id === own.id) && (
                  <Button size="sm" onClick={() => setLeaving(member)}>
                    {member.id === own.id ? "Leave…" : "Remove…"}
                  </Button>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {owns && (
        <p className="mt-1.5 text-sm text-muted">
          {Object.values(roles)
            .map(({ name, may }) => `${name}: ${may}`)
            .join(" · ")}
        </p>
      )}
      {owns && <Invitations />}
      {leaving !== null && <RemoveDialog member={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function RemoveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace, member: own } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const self = member.id === own.id;
  const remove = async (): Promise<void> => {
    setBusy(true);
    const done = await removeMember(db, member.id);
    setBusy(false);
    if (!done.ok) {
      setProblem(done.error.message);
      return;
    }
    if (self) {
      location.assign("/");
      return;
    }
    await queryClient.invalidateQueries({ queryKey: keys.members(workspace.id) });
    onClose();
    void notify(`${member.display_name} was removed`);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={self ? `Leave ${workspace.name}?` : `Remove ${member.display_name}?`}
      description={
        self
          ? "You see nothing of it any more, until an owner invites you again."
          : "They see nothing of the workspace any more. What they recorded and approved stays."
      }
    >
      {problem !== null && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" busy={busy} onClick={() => void remove()}>
          {self ? "Leave the workspace" : "Remove"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
