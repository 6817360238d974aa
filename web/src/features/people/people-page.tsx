import { changePerson, joinPeople, listPeople, type ListedPerson, separatePerson } from "@billhook/database/people";
import type { DatabaseResult } from "@billhook/database/errors";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { RatesPanel } from "../rates/rates-panel.tsx";
import { SettingsNavigation } from "../settings/settings-navigation.tsx";
import { JoinDialog } from "./join-dialog.tsx";
import { PersonItem } from "./person-item.tsx";
import { WorkingHours } from "./working-hours.tsx";

/** Who is behind the commits: one person under several addresses is joined here once, and assistants are told apart. */
export function PeoplePage() {
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace, member, canManage, canWork } = useWorkspace();
  const [joining, setJoining] = useState<ListedPerson | null>(null);
  const people = useQuery({
    queryKey: keys.people(workspace.id),
    queryFn: () => unwrap(listPeople(db, workspace.id)),
  });
  const act = async (change: PromiseLike<DatabaseResult<unknown>>, done: string): Promise<boolean> => {
    const result = await change;
    if (result.ok) void notify(done);
    else void notifyError(result.error.message);
    await queryClient.invalidateQueries({ queryKey: keys.people(workspace.id) });
    await queryClient.invalidateQueries({ queryKey: keys.inbox(workspace.id) });
    return result.ok;
  };
  const list = people.data ?? [];
  return (
    <Page title="People" aside={<SettingsNavigation />}>
      <div className="mx-auto max-w-4xl px-4 py-5">
        <Section
          title="Who commits"
          description="Everybody who committed to a connected repository, with the addresses they use. Estimates learn from each person's own days, so somebody with two addresses should be one person."
        >
          {people.isPending ? (
            <ListSkeleton rows={4} rowHeight={56} />
          ) : people.isError && people.data === undefined ? (
            <ErrorState message={messageOf(people.error)} onRetry={() => void people.refetch()} />
          ) : list.length === 0 ? (
            <EmptyState
              title="Nobody has committed yet"
              action={
                <Link to="/repositories" className={buttonClass()}>
                  Connect a repository
                </Link>
              }
            >
              Authors appear here with their first pushed commit.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line rounded-md border border-line bg-surface">
              {list.map((person) => (
                <PersonItem
                  key={person.id}
                  person={person}
                  canManage={canManage}
                  canJoin={canManage || (canWork && list.some((other) => other.member_id === member.id))}
                  alone={list.length === 1}
                  onChange={(changes, done) => void act(changePerson(db, person.id, changes), done)}
                  onJoin={() => setJoining(person)}
                  onSeparate={(key) =>
                    void act(separatePerson(db, workspace.id, key), `${key} is a person of its own again.`)
                  }
                />
              ))}
            </ul>
          )}
        </Section>
        <Section
          title="Rates"
          description="A person's default, where neither the client nor the project has one of their own; set on a project's page, it is kept there whatever the default becomes."
        >
          <RatesPanel
            kinds={[
              { scope: "person", label: "A person's default" },
              { scope: "workspace", label: "The workspace's" },
            ]}
            ids={{}}
            currency={workspace.currency}
            clientId={null}
          />
        </Section>
        <WorkingHours />
      </div>
      {joining !== null && (
        <JoinDialog
          from={joining}
          people={list}
          onClose={() => setJoining(null)}
          onJoin={async (into) => {
            const joined = await act(
              joinPeople(db, joining.id, into.id),
              `${joining.display_name} and ${into.display_name} are one person now.`,
            );
            if (joined) setJoining(null);
          }}
        />
      )}
    </Page>
  );
}
