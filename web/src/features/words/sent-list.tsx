import { useState } from "react";
import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { readSent, type SentLine } from "./sent.ts";
import { describeCost, useWordRequests, type WordRequestRow } from "./word-data.ts";

const step = 20;

/** Every request to the model with what it cost; opened, what was in it. */
export function SentList() {
  const [limit, setLimit] = useState(step);
  const requests = useWordRequests(limit);
  if (requests.isPending) return <ListSkeleton rows={3} />;
  if (requests.isError && requests.data === undefined)
    return <ErrorState message={messageOf(requests.error)} onRetry={() => void requests.refetch()} />;
  const rows = requests.data ?? [];
  if (rows.length === 0) {
    return (
      <p className="rounded-md border border-dashed border-line px-4 py-6 text-muted">
        Nothing yet. Once a project has summaries, each request to the model is listed here with what it cost.
      </p>
    );
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-md border border-line">
        {rows.map((row) => (
          <SentRow key={row.id} row={row} />
        ))}
      </ul>
      {rows.length >= limit && (
        <Button size="sm" className="mt-3" onClick={() => setLimit(limit + step)}>
          Show more
        </Button>
      )}
    </>
  );
}

const kinds: Record<string, string> = { preview: "Preview", sprint: "One line of several" };

function SentRow({ row }: { row: WordRequestRow }) {
  const format = useFormat();
  const lines = `${row.lines} ${row.lines === 1 ? "line" : "lines"}`;
  return (
    <li>
      <details className="group">
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 hover:bg-hover">
          <span className="whitespace-nowrap">{format.instant(row.created_at)}</span>
          <span className="min-w-0 flex-1 truncate text-muted">
            {kinds[row.kind] ?? lines}
            {kinds[row.kind] !== undefined && `, ${lines}`} · {row.model}
          </span>
          {row.status === "failed" && <Badge tone="warn">Failed</Badge>}
          {row.status === "reserved" && <Badge>Under way</Badge>}
          <span className="whitespace-nowrap tabular-nums">
            {row.cost_micros === null ? "" : describeCost(format, row.cost_micros)}
          </span>
        </summary>
        <div className="border-t border-line bg-canvas px-3 py-2">
          {row.error !== null && <p className="mb-2 text-warn">{row.error}</p>}
          <SentBody sent={row.sent} />
          <p className="mt-2 text-sm text-faint">
            {row.input_tokens !== null && `${row.input_tokens} tokens in, ${row.output_tokens ?? 0} out.`}
          </p>
        </div>
      </details>
    </li>
  );
}

function SentBody({ sent: stored }: { sent: unknown }) {
  const sent = readSent(stored);
  if (sent === null) return <p className="text-muted">What was sent is not kept any longer.</p>;
  return (
    <>
      <ol className="flex flex-col gap-3">
        {sent.lines.map((line, index) => (
          <li key={index}>
            <Sent line={line} />
          </li>
        ))}
      </ol>
      {sent.examples.length > 0 && (
        <p className="mt-3 text-sm text-muted">
          With {sent.examples.length} earlier {sent.examples.length === 1 ? "wording" : "wordings"} of this client:{" "}
          {sent.examples.map(({ final }) => `“${final}”`).join(", ")}
        </p>
      )}
    </>
  );
}

function Sent({ line }: { line: SentLine }) {
  return (
    <>
      {line.messages.map((message, index) => (
        <pre key={index} className="font-mono text-sm break-words whitespace-pre-wrap">
          {message}
        </pre>
      ))}
      <p className="text-sm text-muted">
        {[
          line.project,
          line.ticket,
          line.files === 0 ? null : `${line.files} ${line.files === 1 ? "file name" : "file names"}`,
          line.diffLines === null ? null : `${line.diffLines} changed lines of ${line.diffFiles} files`,
          line.takenOut,
        ]
          .filter((part) => part !== null && part !== "")
          .join(" · ")}
      </p>
    </>
  );
}
