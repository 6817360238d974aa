import { changeTracker, disconnectTracker } from "@billhook/database/trackers";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { z } from "../../lib/zod.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { TrackerBadge } from "./tracker-badge.tsx";
import { systemName, trackerSystems } from "./systems.ts";
import { type TrackerRow, useTrackerAction } from "./tracker-data.ts";

const accessSchema = z.object({
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  prefixes: z.array(z.string()),
});

const prefixesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;]+/u)
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
];

/** What a connection may see, what is wrong with it, and how to mend or end it. */
export function TrackerDialog(props: { tracker: TrackerRow; onConnectAgain: () => void; onClose: () => void }) {
  const { tracker, onConnectAgain, onClose } = props;
  const db = useDb();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const action = useTrackerAction();
  const [name, setName] = useState(tracker.name);
  const [prefixes, setPrefixes] = useState(tracker.prefixes.join(", "));
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const access = useAccess(tracker);
  const isChanged = name.trim() !== tracker.name || prefixesOf(prefixes).join(" ") !== tracker.prefixes.join(" ");
  const system = Object.entries(trackerSystems).find(([kind]) => kind === tracker.kind)?.[1];

  const save = async (): Promise<void> => {
    setSaving(true);
    const saved = await changeTracker(db, tracker.id, { name: name.trim(), prefixes: prefixesOf(prefixes) });
    await action.refresh();
    setSaving(false);
    setProblem(saved.ok ? null : saved.error.message);
    if (!saved.ok) return;
    void notify("Saved");
    onClose();
  };
  const disconnect = async (): Promise<void> => {
    const done = await disconnectTracker(db, tracker.id);
    await action.refresh();
    if (!done.ok) void notifyError(done.error.message);
    else void notify(`${tracker.name} is disconnected`, undefined, "Its tickets stay where they are evidence.");
    if (done.ok) onClose();
  };
  const choose = async (site: string): Promise<void> => {
    const chosen = accessSchema
      .pick({ prefixes: true })
      .safeParse(await action.ask(`/api/trackers/${tracker.id}/site`, { site }));
    if (chosen.success) setPrefixes(chosen.data.prefixes.join(", "));
  };

  return (
    <Dialog open onOpenChange={onClose} title={tracker.name} description={systemName(tracker.kind)}>
      <div className="flex flex-col gap-4">
        <div>
          <div className="flex items-center gap-2">
            <TrackerBadge tracker={tracker} />
            <span className="text-muted">
              {tracker.account_name !== null && `As ${tracker.account_name}`}
              {tracker.answered_at !== null && ` · answered ${format.instant(tracker.answered_at)}`}
            </span>
          </div>
          {tracker.problem !== null && (
            <p role="alert" className="mt-2 rounded-md bg-danger-soft px-3 py-2 text-danger">
              {tracker.problem}
              {tracker.problem_at !== null && ` Since ${format.instant(tracker.problem_at)}.`}
            </p>
          )}
          <p className="mt-2 text-sm text-muted">
            {system === undefined ? "" : `Named in commits as ${system.named}. `}
            {tracker.told_at === null
              ? "It is asked for changes every few minutes."
              : `It last told of a change ${format.instant(tracker.told_at)}.`}
          </p>
        </div>
        <fieldset disabled={!canManage} className="flex flex-col gap-4">
          <Field label="Name" error={problem ?? undefined}>
            <TextInput value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
          </Field>
          {(access?.sites.length ?? 0) > 1 && (
            <Field label="Which one" hint="The access reaches several.">
              <Select
                value={tracker.site ?? ""}
                disabled={action.busy}
                onChange={(event) => void choose(event.target.value)}
              >
                {access?.sites.map(({ id, name: label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          <Field
            label="Projects"
            hint={
              access === null || access.prefixes.length === 0
                ? "The keys its tickets begin with, such as ABC. Empty: any key that no other system has."
                : `It has ${access.prefixes.slice(0, 20).join(", ")}. Empty: any key that no other system has.`
            }
          >
            <TextArea
              rows={2}
              spellCheck={false}
              value={prefixes}
              onChange={(event) => setPrefixes(event.target.value)}
            />
          </Field>
        </fieldset>
        {action.problem !== null && (
          <p role="alert" className="text-danger">
            {action.problem.message}
          </p>
        )}
      </div>
      {canManage && (
        <DialogActions>
          <Button variant="danger" onClick={() => void disconnect()}>
            Disconnect
          </Button>
          <Button onClick={onConnectAgain}>Connect again</Button>
          <Button variant="primary" busy={saving} disabled={!isChanged} onClick={() => void save()}>
            Save
          </Button>
        </DialogActions>
      )}
    </Dialog>
  );
}

/** What can be chosen, asked of the system itself; null while it is not known. */
function useAccess(tracker: TrackerRow) {
  const app = useApp();
  const { workspace, canManage } = useWorkspace();
  const query = useQuery({
    queryKey: [...keys.trackers(workspace.id), tracker.id, "access"],
    enabled: canManage,
    staleTime: 60_000,
    queryFn: async () => {
      const asked = await askWorker(() => fetchApi(app, `/api/trackers/${tracker.id}/access`));
      const answer = asked.ok ? accessSchema.safeParse(await asked.response.json().catch(() => null)) : null;
      return answer?.success === true ? answer.data : null;
    },
  });
  return query.data ?? null;
}
