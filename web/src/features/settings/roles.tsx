import { type MemberRole, memberRoles } from "@billhook/database/members";

export const roles: Readonly<Record<MemberRole, { name: string; may: string }>> = {
  owner: { name: "Owner", may: "everything, members included" },
  admin: { name: "Admin", may: "invoices, clients, repositories and settings" },
  member: { name: "Member", may: "approves, edits and ignores drafts" },
  viewer: { name: "Viewer", may: "looks at everything" },
};

export const readRole = (value: string): MemberRole => memberRoles.find((role) => role === value) ?? "viewer";

export const roleOptions = memberRoles.map((role) => (
  <option key={role} value={role}>
    {roles[role].name}
  </option>
));
