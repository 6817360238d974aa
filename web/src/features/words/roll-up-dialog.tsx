import type { MergedFields } from "@billhook/database/drafts";
import { rollUp } from "@billhook/domain/roll-up";
import { Sparkles } from "lucide-react";
import { useMemo, useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import type { InboxRow } from "../inbox/inbox-row.ts";
import { MoneyTotals } from "../inbox/money-totals.tsx";
import { sumRows } from "../inbox/totals.ts";
import { chooseLines, listChoices, type RollUpChoice, type RollUpKind } from "./roll-up-choice.ts";
import { useWordSettings } from "./word-data.ts";

const kinds: Record<RollUpKind, string> = {
  ticket: "A ticket",
  epic: "An epic",
  dates: "A span of days",
  selection: "The selected lines",
};

/** Rolls a ticket's, an epic's or a sprint's lines up into one, with what was done as a list beneath. */
export function RollUpDialog(props: {
  /** Open and approved ones; see `listRollable`. */
  rows: readonly InboxRow[];
  selected: ReadonlySet<string>;
  /** The line whose project is meant where none are selected: the active one, else the first on screen. */
  active: string | null;
  format: Formatters;
  onMerge: (rows: readonly InboxRow[], fields: MergedFields) => void;
  onClose: () => void;
}) {
  const { rows, selected, format } = props;
  const projects = useMemo(() => new Map(rows.map((row) => [row.project_id, row])), [rows]);
  const [choice, setChoice] = useState<RollUpChoice>(() => startChoice(rows, selected, props.active));
  const chosen = useMemo(() => chooseLines(rows, choice, selected), [rows, choice, selected]);
  const suggested = useMemo(
    () =>
      rollUp(
        chosen.rows.map((row) => row.description),
        choice.kind === "epic" ? choice.value : null,
      ),
    [chosen, choice],
  );
  // What somebody wrote stays while the lines are the same.
  const [written, setWritten] = useState<{ line: string; detail: string; of: string } | null>(null);
  const of = chosen.rows.map(({ id }) => id).join();
  const own = written?.of === of ? written : null;
  const line = own?.line ?? suggested.description;
  const detail = own?.detail ?? suggested.detail ?? "";
  const write = (part: { line?: string; detail?: string }): void => setWritten({ line, detail, of, ...part });
  const change = (part: Partial<RollUpChoice>): void => setChoice((before) => ({ ...before, ...part }));
  const listed = choice.kind === "ticket" || choice.kind === "epic" ? choice.kind : null;
  const choices =
    listed === null ? [] : listChoices(rows, choice.projectId, listed === "ticket" ? "ticket_key" : "epic");
  const totals = sumRows(chosen.rows);
  const approved = chosen.rows.filter(({ status }) => status === "approved").length;

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      size="lg"
      title="Roll up into one line"
      description="One line for the client, with all the time and commits beneath it. Undo takes it apart again."
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen.rows.length < 2 || line.trim() === "") return;
          props.onMerge(chosen.rows, {
            source_type: "sprint",
            description: line.trim(),
            detailed_description: detail.trim() === "" ? null : detail.trim(),
            ...(choice.kind === "epic" ? { epic: choice.value } : {}),
          });
        }}
      >
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-3">
          <Field label="Project">
            <Select
              value={choice.projectId}
              onChange={(event) => setChoice(chooseProject(rows, { ...choice, projectId: event.target.value }))}
            >
              {[...projects].map(([id, row]) => (
                <option key={id} value={id}>
                  {row.client_name} / {row.project_name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="What">
            <Select
              value={choice.kind}
              onChange={(event) => {
                const kind =
                  (Object.keys(kinds) as RollUpKind[]).find((each) => each === event.target.value) ?? "dates";
                setChoice(chooseProject(rows, { ...choice, kind }));
              }}
            >
              {Object.entries(kinds)
                .filter(([kind]) => kind !== "selection" || selected.size > 1)
                .map(([kind, name]) => (
                  <option key={kind} value={kind}>
                    {name}
                  </option>
                ))}
            </Select>
          </Field>
          {listed !== null && (
            <Field label={listed === "ticket" ? "Ticket" : "Epic"}>
              <Select
                value={choice.value}
                disabled={choices.length === 0}
                onChange={(event) => change({ value: event.target.value })}
              >
                {choices.length === 0 && <option value="">None in this project</option>}
                {choices.map(({ value, count }) => (
                  <option key={value} value={value}>
                    {value} ({count})
                  </option>
                ))}
              </Select>
            </Field>
          )}
          {choice.kind === "dates" && (
            <div className="grid grid-cols-2 gap-2">
              <Field label="From">
                <TextInput type="date" value={choice.from} onChange={(event) => change({ from: event.target.value })} />
              </Field>
              <Field label="Until">
                <TextInput
                  type="date"
                  value={choice.until}
                  onChange={(event) => change({ until: event.target.value })}
                />
              </Field>
            </div>
          )}
        </div>
        {chosen.rows.length < 2 ? (
          <p role="status" className="rounded-md border border-dashed border-line px-4 py-6 text-muted">
            {chosen.rows.length === 0 ? "No line that is to be billed is of that." : "That is one line already."}
          </p>
        ) : (
          <>
            <Field label="What the client reads">
              <TextArea
                rows={2}
                maxLength={2000}
                value={line}
                onChange={(event) => write({ line: event.target.value })}
              />
            </Field>
            <WordByModel key={of} ids={chosen.rows.map(({ id }) => id)} onWords={(words) => write({ line: words })} />
            <Field label="Beneath it">
              <TextArea
                rows={Math.min(8, 1 + detail.split("\n").length)}
                maxLength={20_000}
                value={detail}
                onChange={(event) => write({ detail: event.target.value })}
              />
            </Field>
          </>
        )}
        <p className="text-muted" aria-live="polite">
          <span className="font-medium text-ink">
            {totals.count} lines, {format.hours(totals.minutes)}, <MoneyTotals totals={totals} format={format} />
          </span>
          {approved > 0 && ` · ${approved} approved already: the one line is to be approved again`}
          {chosen.leftOut.otherRate > 0 && ` · ${chosen.leftOut.otherRate} at another rate are left out`}
          {chosen.leftOut.notBilled > 0 && ` · ${chosen.leftOut.notBilled} not billed are left out`}
        </p>
        <DialogActions>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={chosen.rows.length < 2 || line.trim() === ""}>
            Make one line
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Another project or kind begins with its first ticket or epic. */
function chooseProject(rows: readonly InboxRow[], choice: RollUpChoice): RollUpChoice {
  if (choice.kind !== "ticket" && choice.kind !== "epic") return choice;
  const field = choice.kind === "ticket" ? "ticket_key" : "epic";
  return { ...choice, value: listChoices(rows, choice.projectId, field)[0]?.value ?? "" };
}

/** What is selected; else the ticket that most lines are of, else all of the project. */
function startChoice(rows: readonly InboxRow[], selected: ReadonlySet<string>, active: string | null): RollUpChoice {
  const first = rows.find(({ id }) => (selected.size > 1 ? selected.has(id) : id === active)) ?? rows[0];
  const choice = { projectId: first?.project_id ?? "", value: "", from: "", until: "" };
  if (selected.size > 1) return { ...choice, kind: "selection" };
  const byTicket = chooseProject(rows, { ...choice, kind: "ticket" });
  return byTicket.value === "" ? { ...choice, kind: "dates" } : byTicket;
}

function WordByModel({ ids, onWords }: { ids: string[]; onWords: (words: string) => void }) {
  const app = useApp();
  const settings = useWordSettings();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // Where there is no key, there is nobody to ask.
  if (!app.config.words && (settings.data?.key_set_at ?? null) === null) return null;
  const ask = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const body = JSON.stringify({ draft_ids: ids.slice(0, 500) });
    const asked = await askWorker(() => fetchApi(app, "/api/words/roll-up", { method: "POST", body }));
    setBusy(false);
    if (!asked.ok) {
      setProblem(asked.problem.message);
      return;
    }
    const answer = (await asked.response.json().catch(() => null)) as { words?: unknown; reason?: unknown } | null;
    if (typeof answer?.words === "string") onWords(answer.words);
    else setProblem(typeof answer?.reason === "string" ? answer.reason : "The model's answer made no sense.");
  };
  return (
    <div className="-mt-1 flex flex-wrap items-center gap-2">
      <Button size="sm" busy={busy} onClick={() => void ask()}>
        {!busy && <Sparkles size={13} aria-hidden />} Word it by a model
      </Button>
      {problem !== null && (
        <p role="alert" className="text-sm text-warn">
          {problem}
        </p>
      )}
    </div>
  );
}
