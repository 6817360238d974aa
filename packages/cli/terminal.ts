/** Where the command line writes: results to standard output, progress and errors to standard error. */
export interface Terminal {
  print(line: string): void;
  /** A bar that is drawn over itself; nothing where nobody is watching. */
  progress(label: string, done: number, total: number): void;
  endProgress(): void;
}

const barWidth = 24;

export function openTerminal(
  out: Pick<NodeJS.WriteStream, "write"> = process.stdout,
  error: Pick<NodeJS.WriteStream, "write" | "isTTY"> = process.stderr,
): Terminal {
  let last = "";
  return {
    print(line) {
      out.write(`${line}\n`);
    },
    progress(label, done, total) {
      if (!error.isTTY) return;
      const line = formatProgress(label, done, total);
      if (line !== last) error.write(`\r\u001B[2K${line}`);
      last = line;
    },
    endProgress() {
      if (last !== "") error.write("\r\u001B[2K");
      last = "";
    },
  };
}

function formatProgress(label: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  return `${label} ${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${done}/${total}`;
}

/** `1 commit`, `2 commits`, `1,200 commits`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;
}

/** Text from a repository, fit for a terminal: no control characters, not too long. */
export function printable(text: string, longest = 72): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not reach the terminal
  const clean = text.replace(/[\u0000-\u001F\u007F-\u009F]+/gu, " ").trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1).toWellFormed()}…` : clean;
}
