import { Pause, Play } from "lucide-react";
import { useId, useState } from "react";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys } from "../../data/query.ts";
import { type Repository, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { type ImportJob, useImports, useWorkerAction } from "./host-data.ts";
import { canResume, importNames, isUnderWay, shareDone, skippedReasons } from "./import-state.ts";

/** The history of a repository: what an import of it has come to, and a form to ask for one. */
export function ImportPanel({ repository, hasGrant }: { repository: Repository; hasGrant: boolean }) {
  const titleId = useId();
  const { workspace, canManage } = useWorkspace();
  const imports = useImports();
  useLiveTable("import_jobs", workspace.id, keys.imports(workspace.id));
  const [asking, setAsking] = useState(false);
  const latest = imports.data?.find((job) => job.repository_id === repository.id);
  const blocked = latest !== undefined && isUnderWay(latest);
  return (
    <section aria-labelledby={titleId}>
      <div className="flex items-center gap-2">
        <h3 id={titleId} className="flex-1 font-semibold">
          History
        </h3>
        {canManage && !asking && !blocked && hasGrant && repository.archived_at === null && (
          <Button size="sm" className="max-md:h-9" onClick={() => setAsking(true)}>
            {latest === undefined ? "Import history" : "Import more"}
          </Button>
        )}
      </div>
      {latest === undefined && !asking && (
        <p className="mt-0.5 text-muted">
          {hasGrant
            ? "Commits from before the repository was connected can be imported, as drafts or as billed already."
            : "To import commits from before, the repository needs access to its host. Or send them from a clone with “billhook send”."}
        </p>
      )}
      {asking && !blocked && <ImportForm repository={repository} onClose={() => setAsking(false)} />}
      {latest !== undefined && <ImportProgress job={latest} />}
    </section>
  );
}

function ImportForm({ repository, onClose }: { repository: Repository; onClose: () => void }) {
  const action = useWorkerAction();
  const format = useFormat();
  const [range, setRange] = useState<"since" | "last" | "all">("since");
  const [since, setSince] = useState(() => `${format.today().slice(0, 7)}-01`);
  const [last, setLast] = useState("500");
  const [as, setAs] = useState<"drafts" | "billed">("drafts");
  const field = action.problem?.field;
  const start = async (): Promise<void> => {
    const body = { as, ...(range === "since" ? { since } : range === "last" ? { last: Number(last) } : {}) };
    if ((await action.ask(`/api/repositories/${repository.id}/imports`, body)) !== null) onClose();
  };
  return (
    <form
      className="mt-2 flex flex-col gap-3 rounded-md border border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div className="grid gap-3 md:grid-cols-3">
        <Field label="Which commits">
          <Select autoFocus value={range} onChange={(event) => setRange(event.target.value as typeof range)}>
            <option value="since">Since a day</option>
            <option value="last">The last ones</option>
            <option value="all">All of them</option>
          </Select>
        </Field>
        {range === "since" && (
          <Field label="Since" error={field === "since" ? action.problem?.message : undefined}>
            <TextInput type="date" required value={since} onChange={(event) => setSince(event.target.value)} />
          </Field>
        )}
        {range === "last" && (
          <Field label="How many" error={field === "last" ? action.problem?.message : undefined}>
            <TextInput
              type="number"
              min={1}
              max={1_000_000}
              required
              value={last}
              onChange={(event) => setLast(event.target.value)}
            />
          </Field>
        )}
        <Field label="As">
          <Select value={as} onChange={(event) => setAs(event.target.value as typeof as)}>
            <option value="drafts">Drafts to approve</option>
            <option value="billed">Billed already</option>
          </Select>
        </Field>
      </div>
      <p className="text-sm text-muted">
        {as === "drafts"
          ? "Each commit is estimated and proposed in the inbox, unless it is known or a rule leaves it out."
          : "Nothing is proposed. Work that comes again under another hash is known as billed."}
      </p>
      {action.problem !== null && field !== "since" && field !== "last" && (
        <p role="alert" className="text-danger">
          {action.problem.message}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={action.busy}>
          Start the import
        </Button>
      </div>
    </form>
  );
}

const tones = {
  queued: "accent",
  running: "accent",
  waiting: "warn",
  stopped: "neutral",
  done: "ok",
  failed: "danger",
};

function ImportProgress({ job }: { job: ImportJob }) {
  const format = useFormat();
  const { canManage } = useWorkspace();
  const action = useWorkerAction();
  const share = shareDone(job);
  const reasons = skippedReasons(job);
  const tone = tones[job.status as keyof typeof tones] as "accent" | "warn" | "neutral" | "ok" | "danger";
  return (
    <div className="mt-2 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{importNames[job.status] ?? job.status}</Badge>
        <span className="min-w-0 flex-1 text-muted">{scopeOf(job, format.day)}</span>
        {canManage && isUnderWay(job) && (
          <Button
            size="sm"
            className="max-md:h-9"
            busy={action.busy}
            onClick={() => void action.ask(`/api/imports/${job.id}/stop`)}
          >
            <Pause size={13} aria-hidden /> Stop
          </Button>
        )}
        {canManage && canResume(job) && (
          <Button
            size="sm"
            className="max-md:h-9"
            busy={action.busy}
            onClick={() => void action.ask(`/api/imports/${job.id}/resume`)}
          >
            <Play size={13} aria-hidden /> Resume
          </Button>
        )}
      </div>
      <ProgressBar share={share} moving={job.status === "running" || job.status === "queued"} />
      <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1 tabular-nums" aria-live="polite">
        <Count name="Found" value={job.found} of={job.status === "done" ? null : job.last_commits} />
        <Count name="Imported" value={job.imported} of={null} />
        <Count name="Skipped" value={job.skipped} of={null} />
      </dl>
      {reasons.length > 0 && (
        <p className="mt-1 text-sm text-muted">
          Skipped: {reasons.map(({ words, count }) => `${count.toLocaleString("en")} ${words}`).join(", ")}.
        </p>
      )}
      {job.error !== null && job.status !== "done" && (
        <p className={job.status === "failed" ? "mt-1 text-danger" : "mt-1 text-warn"}>
          {job.error}
          {job.waits_until !== null && ` It goes on at ${format.instant(job.waits_until)}.`}
        </p>
      )}
      {action.problem !== null && (
        <p role="alert" className="mt-1 text-danger">
          {action.problem.message}
        </p>
      )}
    </div>
  );
}

function scopeOf(job: ImportJob, day: (day: string) => string): string {
  const what =
    job.since !== null
      ? `since ${day(job.since.slice(0, 10))}`
      : job.last_commits !== null
        ? `the last ${job.last_commits.toLocaleString("en")} commits`
        : "all commits";
  return `${what}${job.branch === null ? "" : ` of ${job.branch}`}, ${job.mode === "billed" ? "as billed already" : "as drafts"}`;
}

function Count({ name, value, of }: { name: string; value: number; of: number | null }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">
        {value.toLocaleString("en")}
        {of !== null && <span className="font-normal text-muted"> of {of.toLocaleString("en")}</span>}
      </dd>
    </div>
  );
}

/** Without a known end it moves, and says so to screen readers by having no value. */
function ProgressBar({ share, moving }: { share: number | null; moving: boolean }) {
  return (
    <div
      role="progressbar"
      aria-label="Import"
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
      className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={
          share === null && moving ? "animate-skeleton h-full w-full bg-accent" : "h-full bg-accent transition-[width]"
        }
        style={share === null ? (moving ? {} : { width: 0 }) : { width: `${share * 100}%` }}
      />
    </div>
  );
}
