import { GitBranch } from "lucide-react";
import { useState } from "react";
import { separateWork } from "@billhook/database/work";
import { type FileKind, classifyFile, isHandwritten } from "@billhook/domain/file-kind";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type Evidence, readFiles } from "./evidence-data.ts";

type Commit = Evidence["commits"][number];

const FILES_AT_FIRST = 8;

/** One commit: what it said, who wrote it and when, and what it touched. */
export function CommitEvidence(props: {
  commit: Commit;
  format: Formatters;
  /** The short hash of the earlier commit whose work it is. */
  rewrittenFrom?: string | null;
  canSeparate?: boolean;
}) {
  const { commit, format, rewrittenFrom = null, canSeparate = false } = props;
  const [subject = "", ...rest] = commit.message.split("\n");
  const body = rest.join("\n").trim();
  return (
    <article className="mb-2 rounded-md border border-line px-3 py-2">
      <p className="flex items-baseline gap-2">
        {commit.url === null ? (
          <code className="font-mono text-xs text-muted">{commit.short_hash}</code>
        ) : (
          <a
            href={commit.url}
            target="_blank"
            rel="noreferrer"
            className="font-mono text-xs text-accent-strong hover:underline"
          >
            {commit.short_hash}
          </a>
        )}
        <span className="min-w-0 font-medium break-words">{subject}</span>
      </p>
      {body !== "" && <p className="mt-1 text-sm break-words whitespace-pre-wrap text-muted">{body}</p>}
      <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-muted">
        {commit.author_name !== null && <span>{commit.author_name}</span>}
        {commit.branch !== null && (
          <span className="inline-flex items-center gap-1 font-mono text-xs">
            <GitBranch size={11} aria-hidden /> {commit.branch}
          </span>
        )}
      </p>
      <p className="mt-1 text-sm text-faint">
        {commit.authored_at === null ? "Author's date not known" : `Written ${format.instant(commit.authored_at)}`}
        {commit.committed_at !== null &&
          commit.committed_at !== commit.authored_at &&
          `, committed ${format.instant(commit.committed_at)}`}
      </p>
      {rewrittenFrom !== null && <Rewritten commit={commit} from={rewrittenFrom} canSeparate={canSeparate} />}
      {commit.ignored_reason !== null && <p className="mt-1 text-sm text-warn">{commit.ignored_reason}</p>}
      <Files commit={commit} />
    </article>
  );
}

const evidenceWords: Record<string, string> = {
  hash: "the same commit",
  patch_id: "the same change",
  pull_request: "by its pull request",
  squash: "by its message",
  cherry_pick: "by its message",
  author_date: "by author, date and subject",
};

function Rewritten({ commit, from, canSeparate }: { commit: Commit; from: string; canSeparate: boolean }) {
  const { db } = useApp();
  const [busy, setBusy] = useState(false);
  const separate = async (): Promise<void> => {
    setBusy(true);
    const separated = await separateWork(db, commit.id);
    setBusy(false);
    if (separated.ok) void notify("It has a line of its own now.");
    else void notifyError(separated.error.message);
  };
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-muted">
      <span>
        Rewritten from <code className="font-mono text-xs">{from}</code>
        {commit.same_work_evidence !== null && `: ${evidenceWords[commit.same_work_evidence] ?? ""}`}
      </span>
      {canSeparate && (
        <button
          type="button"
          disabled={busy}
          className="text-accent-strong hover:underline"
          onClick={() => void separate()}
        >
          This is other work
        </button>
      )}
    </p>
  );
}

function Counts({ additions, deletions }: { additions: number | null; deletions: number | null }) {
  if (additions === null && deletions === null) return null;
  return (
    <span className="shrink-0 whitespace-nowrap">
      <span className="text-ok">+{additions ?? "?"}</span> <span className="text-danger">−{deletions ?? "?"}</span>
    </span>
  );
}

const kindWords: Partial<Record<FileKind, string>> = {
  lock: "lock file",
  generated: "generated",
  vendored: "vendored",
  binary: "binary",
};

/** What nobody wrote by hand, which no estimate counts, is marked as such. */
function FileMark({ path }: { path: string }) {
  const words = kindWords[classifyFile(path)];
  return words === undefined ? null : <span className="shrink-0 font-sans text-faint">{words}</span>;
}

function Files({ commit }: { commit: Commit }) {
  const [all, setAll] = useState(false);
  const files = readFiles(commit.files);
  const count = commit.files_changed ?? files?.length ?? null;
  const shown = all ? files : files?.slice(0, FILES_AT_FIRST);
  const unwritten = files?.filter((file) => !isHandwritten(classifyFile(file.path))).length ?? 0;
  const hidden = (files?.length ?? 0) - (shown?.length ?? 0);
  return (
    <div className="mt-2 border-t border-line pt-1.5 text-sm">
      <p className="flex justify-between gap-2 text-muted">
        <span>
          {count === null ? "The host did not list files" : count === 1 ? "1 file" : `${count} files`}
          {unwritten > 0 && <span className="text-faint">, {unwritten} not written by hand</span>}
        </span>
        <Counts additions={commit.additions} deletions={commit.deletions} />
      </p>
      {count !== null && commit.additions === null && (
        <p className="text-faint">Lines are not known: the push does not tell them.</p>
      )}
      <ul className="mt-1">
        {shown?.map((file) => (
          <li key={file.path} className="flex justify-between gap-2 font-mono text-xs leading-5">
            <span className="min-w-0 flex-1 truncate" dir="rtl">
              <bdi className={classNames(isHandwritten(classifyFile(file.path)) ? "" : "text-faint")}>{file.path}</bdi>
            </span>
            <FileMark path={file.path} />
            <Counts additions={file.additions} deletions={file.deletions} />
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="mt-1 text-accent-strong hover:underline" onClick={() => setAll(true)}>
          Show {hidden} more
        </button>
      )}
    </div>
  );
}
