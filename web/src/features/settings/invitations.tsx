import { settle } from "@billhook/database/client";
import { type MemberRole, inviteMember, withdrawInvitation } from "@billhook/database/members";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { readRole, roleOptions, roles } from "./roles.tsx";

/** Asking people to join: an owner makes a link and gives it to them; it is shown this once. */
export function Invitations() {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const key = [...keys.members(workspace.id), "invitations"] as const;
  const open = useQuery({
    queryKey: key,
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("invitations")
            .select("id,email,role,expires_at")
            .eq("workspace_id", workspace.id)
            .is("accepted_at", null)
            .order("email"),
        ),
      ),
  });
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<MemberRole>("member");
  const [made, setMade] = useState<{ email: string; link: string } | null>(null);
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);

  const invite = async (): Promise<void> => {
    setBusy(true);
    const done = await inviteMember(db, workspace.id, email, role);
    setBusy(false);
    setProblem(done.ok ? undefined : done.error.message);
    if (!done.ok) return;
    setMade({ email: email.trim(), link: `${location.origin}/join/${done.value}` });
    setEmail("");
    await queryClient.invalidateQueries({ queryKey: key });
  };
  const withdraw = async (id: string): Promise<void> => {
    const done = await withdrawInvitation(db, id);
    setMade(null);
    await queryClient.invalidateQueries({ queryKey: key });
    if (!done.ok) void notifyError(done.error.message);
  };
  const copy = async (link: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      void notify("Link copied");
    } catch {
      void notifyError("The browser did not let the link be copied. Select it and copy it yourself.");
    }
  };

  return (
    <div className="mt-4 flex flex-col gap-3">
      <form
        noValidate
        className="flex flex-wrap items-start gap-x-3 gap-y-2"
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <Field label="Invite by email" error={problem} className="min-w-56 flex-1">
          <TextInput type="email" value={email} onChange={({ target }) => setEmail(target.value)} />
        </Field>
        <Field label="As" className="w-28">
          <Select value={role} onChange={({ target }) => setRole(readRole(target.value))}>
            {roleOptions}
          </Select>
        </Field>
        <Button type="submit" busy={busy} className="mt-[22px] max-md:mt-0">
          Make a link
        </Button>
      </form>
      {made !== null && (
        <div className="rounded-md bg-accent-soft px-3 py-2">
          <p>
            Send this link to {made.email}. It is shown only now, and opens the workspace to that address alone, for
            fourteen days.
          </p>
          <div className="mt-2 flex gap-2">
            <TextInput aria-label="Link of the invitation" readOnly value={made.link} className="font-mono" />
            <Button onClick={() => void copy(made.link)}>Copy</Button>
          </div>
        </div>
      )}
      {open.isError && (
        <p role="alert" className="text-danger">
          {messageOf(open.error)}
        </p>
      )}
      {(open.data ?? []).length > 0 && (
        <ul className="divide-y divide-line rounded-md border border-line">
          {(open.data ?? []).map((invitation) => (
            <li key={invitation.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <span>{invitation.email}</span>
              <span className="text-muted">
                invited as {roles[readRole(invitation.role)].name.toLowerCase()}, until{" "}
                {format.instant(invitation.expires_at)}
              </span>
              <Button
                size="sm"
                className="ml-auto"
                aria-label={`Take back the invitation of ${invitation.email}`}
                onClick={() => void withdraw(invitation.id)}
              >
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
