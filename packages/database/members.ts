import { type BillhookClient, settle, settleVoid } from "./client.ts";

export const memberRoles = ["owner", "admin", "member", "viewer"] as const;
export type MemberRole = (typeof memberRoles)[number];

/** Asks the owner of an address to join; answers the token for their link, which is not kept. */
export const inviteMember = (db: BillhookClient, workspaceId: string, email: string, role: MemberRole) =>
  settle(db.rpc("invite_member", { p_workspace_id: workspaceId, p_email: email, p_role: role }));

export const withdrawInvitation = (db: BillhookClient, invitationId: string) =>
  settleVoid(db.rpc("withdraw_invitation", { p_invitation_id: invitationId }));

/** Makes whoever is signed in a member; answers the workspace's id. */
export const acceptInvitation = (db: BillhookClient, token: string) =>
  settle(db.rpc("accept_invitation", { p_token: token }));

export const changeMemberRole = (db: BillhookClient, memberId: string, role: MemberRole) =>
  settleVoid(db.rpc("change_member_role", { p_member_id: memberId, p_role: role }));

/** Ends a membership, for an owner or the member themselves. */
export const removeMember = (db: BillhookClient, memberId: string) =>
  settleVoid(db.rpc("remove_member", { p_member_id: memberId }));
