import { settle } from "@billhook/database/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb, useSession } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Field, Select } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";

const clock = (hour: number): string => `${String(hour % 24).padStart(2, "0")}:00${hour >= 24 ? " next day" : ""}`;
const hoursFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** When the workspace works: what lies outside is noted on a draft, and from here on a day's hours count as passed. */
export function WorkingHours() {
  const db = useDb();
  const queryClient = useQueryClient();
  const session = useSession();
  const { workspace, canManage } = useWorkspace();
  const [from, setFrom] = useState(workspace.working_from);
  const [until, setUntil] = useState(workspace.working_until);
  const [weekends, setWeekends] = useState(workspace.working_weekends);
  const [busy, setBusy] = useState(false);
  const changed =
    from !== workspace.working_from || until !== workspace.working_until || weekends !== workspace.working_weekends;
  const save = async (): Promise<void> => {
    setBusy(true);
    const saved = await settle(
      db
        .from("workspaces")
        .update({ working_from: from, working_until: until, working_weekends: weekends })
        .eq("id", workspace.id)
        .select("id")
        .single(),
    );
    setBusy(false);
    if (!saved.ok) {
      void notifyError(saved.error.message);
      return;
    }
    await queryClient.invalidateQueries({ queryKey: keys.workspaces(session?.user.id ?? "") });
    void notify("Working hours saved");
  };
  return (
    <Section
      title="Working hours"
      description="A commit outside of them carries a note: it is no fault. What a day can hold is counted from the first hour to the last activity."
    >
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="From" className="w-32">
          <Select disabled={!canManage} value={from} onChange={(event) => setFrom(Number(event.target.value))}>
            {hoursFrom(4, until - 1).map((hour) => (
              <option key={hour} value={hour}>
                {clock(hour)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Until" className="w-40">
          <Select disabled={!canManage} value={until} onChange={(event) => setUntil(Number(event.target.value))}>
            {hoursFrom(from + 1, 28).map((hour) => (
              <option key={hour} value={hour}>
                {clock(hour)}
              </option>
            ))}
          </Select>
        </Field>
        <label className="flex h-8 items-center gap-2">
          <Checkbox disabled={!canManage} checked={weekends} onChange={(event) => setWeekends(event.target.checked)} />
          On weekends too
        </label>
        {canManage && (
          <Button type="submit" variant="primary" busy={busy} disabled={!changed}>
            Save the hours
          </Button>
        )}
      </form>
    </Section>
  );
}
