import { describe, expect, it } from "vitest";
import { anonymous, useDatabase } from "./database.ts";
import { makeApproved, makePerson, makeWorkspace, type Person, type Workspace } from "./stories.ts";

const database = useDatabase();

const invite = (person: Person, place: Workspace, email: string, role = "member") =>
  database().rpc<string>(person, "invite_member", { p_workspace_id: place.id, p_email: email, p_role: role });
const accept = (person: Person, token: string) =>
  database().rpc<string>(person, "accept_invitation", { p_token: token });
const memberOf = async (place: Workspace, person: Person) =>
  (
    await database().query<{ id: string; role: string }>(
      "select id, role from public.members where workspace_id = $1 and user_id = $2",
      [place.id, person.userId],
    )
  )[0];
const idOf = async (place: Workspace, person: Person) => (await memberOf(place, person))?.id;
const seen = async (person: Person) =>
  (await database().as(person, "select id, email, role from public.invitations order by email")).rows;

describe("an invitation", () => {
  it("opens the workspace to the address it was made for, once, in its role", async () => {
    const place = await makeWorkspace(database());
    const [invited, other] = [await makePerson(database(), "Invited"), await makePerson(database())];
    const token = await invite(place.owner, place, ` ${invited.email.toUpperCase()} `, "admin");
    expect(token).toMatch(/^[0-9a-f]{64}$/u);
    await expect(accept(other, token)).rejects.toMatchObject({ code: "BH003", detail: "email" });
    await expect(accept(invited, `${token}0`)).rejects.toMatchObject({ code: "BH002" });
    await expect(database().rpc(anonymous, "accept_invitation", { p_token: token })).rejects.toMatchObject({
      code: "42501",
    });
    expect(await accept(invited, token)).toBe(place.id);
    expect(await accept(invited, token)).toBe(place.id);
    expect(await memberOf(place, invited)).toMatchObject({ role: "admin" });
    await database().rpc(place.owner, "remove_member", { p_member_id: await idOf(place, invited) });
    await expect(accept(invited, token)).rejects.toMatchObject({ code: "BH002" });
  });

  it("is made, seen and taken back by owners only; made again, the first link opens nothing", async () => {
    const place = await makeWorkspace(database());
    const stranger = await makeWorkspace(database());
    const invited = await makePerson(database());
    await expect(invite(place.admin, place, invited.email)).rejects.toMatchObject({ code: "BH001" });
    await expect(invite(stranger.owner, place, invited.email)).rejects.toMatchObject({ code: "BH002" });
    await expect(invite(place.owner, place, "nobody")).rejects.toMatchObject({ detail: "email" });
    await expect(invite(place.owner, place, place.viewer.email)).rejects.toMatchObject({ detail: "email" });
    await expect(invite(place.owner, place, invited.email, "boss")).rejects.toMatchObject({ detail: "role" });
    const first = await invite(place.owner, place, invited.email);
    const second = await invite(place.owner, place, invited.email, "viewer");
    const [row, ...more] = await seen(place.owner);
    expect([row, more]).toEqual([{ id: row?.["id"], email: invited.email, role: "viewer" }, []]);
    for (const person of [place.admin, stranger.owner, invited]) expect(await seen(person)).toEqual([]);
    await expect(database().as(place.owner, "select token_hash from public.invitations")).rejects.toMatchObject({
      code: "42501",
    });
    await expect(accept(invited, first)).rejects.toMatchObject({ code: "BH002" });
    const withdraw = (person: Person) =>
      database().rpc(person, "withdraw_invitation", { p_invitation_id: row?.["id"] });
    await expect(withdraw(place.admin)).rejects.toMatchObject({ code: "BH001" });
    await withdraw(place.owner);
    await expect(accept(invited, second)).rejects.toMatchObject({ code: "BH002" });
  });

  it("expires after fourteen days", async () => {
    const place = await makeWorkspace(database());
    const invited = await makePerson(database());
    const token = await invite(place.owner, place, invited.email);
    await database().query("update public.invitations set expires_at = expires_at - interval '14 days 1 second'");
    await expect(accept(invited, token)).rejects.toMatchObject({ code: "BH003", detail: "expired" });
  });
});

describe("a member", () => {
  const change = (person: Person, memberId: string | undefined, role: string) =>
    database().rpc(person, "change_member_role", { p_member_id: memberId, p_role: role });
  const remove = (person: Person, memberId: string | undefined) =>
    database().rpc(person, "remove_member", { p_member_id: memberId });

  it("gets another role from an owner, and the last owner stays one", async () => {
    const place = await makeWorkspace(database());
    const [owner, admin] = [await idOf(place, place.owner), await idOf(place, place.admin)];
    await expect(change(place.admin, admin, "owner")).rejects.toMatchObject({ code: "BH001" });
    await expect(change(place.owner, admin, "boss")).rejects.toMatchObject({ code: "BH003" });
    await expect(change(place.owner, owner, "admin")).rejects.toMatchObject({ code: "BH005", detail: "owner" });
    await change(place.owner, admin, "owner");
    await change(place.admin, owner, "viewer");
    expect(await memberOf(place, place.owner)).toMatchObject({ role: "viewer" });
    await expect(remove(place.admin, admin)).rejects.toMatchObject({ code: "BH005" });
    const told = await database().query(
      "select before, after from public.audit_events where workspace_id = $1 and action = 'change_role' order by id",
      [place.id],
    );
    expect(told).toEqual([
      { before: { role: "admin" }, after: { role: "owner" } },
      { before: { role: "owner" }, after: { role: "viewer" } },
    ]);
  });

  it("leaves, or is removed by an owner, and what they did stays", async () => {
    const place = await makeWorkspace(database());
    const stranger = await makeWorkspace(database());
    const [draft = ""] = await makeApproved(database(), place, 1);
    const [member, viewer] = [await idOf(place, place.member), await idOf(place, place.viewer)];
    await database().query(
      "insert into public.people (workspace_id, display_name, member_id) values ($1, 'Dev One', $2)",
      [place.id, member],
    );
    await expect(remove(place.admin, member)).rejects.toMatchObject({ code: "BH001" });
    await expect(remove(stranger.owner, member)).rejects.toMatchObject({ code: "BH002" });
    await remove(place.owner, member);
    await remove(place.viewer, viewer);
    expect((await database().as(place.member, "select 1 from public.draft_line_items")).rows).toEqual([]);
    expect(await database().one("select status from public.draft_line_items where id = $1", [draft])).toEqual({
      status: "approved",
    });
    expect(
      await database().one("select member_id from public.people where workspace_id = $1 and display_name = 'Dev One'", [
        place.id,
      ]),
    ).toEqual({ member_id: null });
  });
});
