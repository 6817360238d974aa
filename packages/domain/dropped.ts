/**
 * What a rewritten branch no longer holds, and which of its new commits may be that work in other pieces: a commit that was
 * split in two keeps neither hash nor patch-id, and one of the halves not even date and subject.
 */
import { isSameAuthor, type KnownWork, type Suspicion } from "./identity.ts";
import type { FileChange, PushedCommit } from "./push.ts";

interface Lines {
  additions: number;
  deletions: number;
}

/** A commit that is no longer in the branch, and what of it no commit of the push accounts for. */
export class DroppedWork {
  readonly work: KnownWork;
  readonly #rest: Map<string, Lines>;
  #isWhole = true;

  constructor(work: KnownWork) {
    this.work = work;
    this.#rest = new Map((work.files ?? []).map((file) => [file.path, linesOf(file)]));
  }

  /** The commit is this work, or a part of it. */
  take(files: readonly FileChange[] | null): void {
    this.#isWhole = false;
    for (const file of files ?? []) {
      const rest = this.#rest.get(file.path);
      if (rest === undefined) continue;
      const { additions, deletions } = linesOf(file);
      const left = {
        additions: Math.max(0, rest.additions - additions),
        deletions: Math.max(0, rest.deletions - deletions),
      };
      if (left.additions + left.deletions === 0) this.#rest.delete(file.path);
      else this.#rest.set(file.path, left);
    }
  }

  /** Is all that the commit changes in what is left of it? */
  holds(files: readonly FileChange[]): boolean {
    return files.every((file) => {
      const rest = this.#rest.get(file.path);
      const { additions, deletions } = linesOf(file);
      return rest !== undefined && additions <= rest.additions && deletions <= rest.deletions;
    });
  }

  /** Does the commit change every file of it, and has nothing else been made of it? */
  isIn(files: readonly FileChange[]): boolean {
    const paths = new Set(files.map(({ path }) => path));
    return this.#isWhole && this.#rest.size > 0 && [...this.#rest.keys()].every((path) => paths.has(path));
  }
}

const linesOf = ({ additions, deletions }: FileChange): Lines => ({
  additions: additions ?? 0,
  deletions: deletions ?? 0,
});

/** A suspicion that the commit is a part of what its branch lost, or that work rewritten; null where nothing says so. */
export function suspectDropped(commit: PushedCommit, dropped: readonly DroppedWork[]): Suspicion | null {
  const { files } = commit;
  if (files === null || files.length === 0) return null;
  for (const each of dropped) {
    const { work } = each;
    if (work.hash === commit.hash || !isSameAuthor(commit.author, work.author)) continue;
    const short = work.hash.slice(0, 7);
    if (each.holds(files)) {
      return {
        work,
        reason: `What it changes was in ${short}, which the branch no longer holds: it may be a part of it.`,
      };
    }
    if (each.isIn(files)) {
      return {
        work,
        reason: `It changes the files of ${short}, which the branch no longer holds: it may be that commit, rewritten.`,
      };
    }
  }
  return null;
}
