import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type PreviewedWords, readPreview } from "./preview.ts";
import { useSetStrategy } from "./word-data.ts";

/** Where the project's words come from, and both kinds side by side for its newest lines. */
export function ProjectWords({ projectId, strategy }: { projectId: string; strategy: string }) {
  const app = useApp();
  const { canManage } = useWorkspace();
  const setStrategy = useSetStrategy();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [lines, setLines] = useState<PreviewedWords[] | null>(null);

  const change = async (wanted: string): Promise<void> => {
    const failed = await setStrategy([projectId], wanted);
    if (failed !== null) void notifyError(failed);
    else {
      void notify(
        wanted === "summary" ? "A model words the lines" : "Lines keep the commit's words",
        { label: "Undo", run: () => void setStrategy([projectId], strategy) },
        "For lines that arrive from now on.",
      );
    }
  };
  const show = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() => fetchApi(app, `/api/projects/${projectId}/words`, { method: "POST" }));
    if (asked.ok) setLines(readPreview(await asked.response.json().catch(() => null)));
    else setProblem(asked.problem.message);
    setBusy(false);
  };

  return (
    <Section
      title="Words"
      description="What the client reads. With summaries a model words each line within a second or two of its arrival."
    >
      <div className="flex flex-wrap items-end gap-3">
        <Field label="A line has" className="w-64 max-md:w-full">
          <Select disabled={!canManage} value={strategy} onChange={(event) => void change(event.target.value)}>
            <option value="template">The commit&apos;s own words</option>
            <option value="summary">A summary by a model</option>
          </Select>
        </Field>
        {canManage && (
          <Button busy={busy} onClick={() => void show()}>
            Try both on the latest lines
          </Button>
        )}
        <Link to="/settings/words" className="pb-1.5 text-muted hover:text-ink hover:underline">
          Model, budget and code names
        </Link>
      </div>
      {problem !== null && (
        <p role="alert" className="mt-3 text-danger">
          {problem}
        </p>
      )}
      {lines !== null && <PreviewList lines={lines} />}
    </Section>
  );
}

function PreviewList({ lines }: { lines: readonly PreviewedWords[] }) {
  if (lines.length === 0) return <p className="mt-3 text-muted">This project has no lines yet.</p>;
  return (
    <ul aria-label="Words of the latest lines" className="mt-3 divide-y divide-line rounded-md border border-line">
      {lines.map((line) => (
        <li key={line.draftId} className="grid gap-x-3 gap-y-0.5 px-3 py-2 md:grid-cols-[7rem_minmax(0,1fr)]">
          <span className="text-sm text-faint">Commit</span>
          <span className="min-w-0 truncate text-muted" title={line.subject}>
            {line.subject}
          </span>
          <span className="text-sm text-faint">Its own words</span>
          <span className="min-w-0">{line.template}</span>
          <span className="text-sm text-faint">Summary</span>
          {line.summary === null ? (
            <span className="text-warn">{line.reason ?? "None"}</span>
          ) : (
            <span className="min-w-0 font-medium">{line.summary}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
