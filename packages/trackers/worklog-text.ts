/** What is said in a log of time, and how much of it. */

const longestComment = 1000;

/** The comment with its marker on a line of its own, by which the log is found again. */
export function markedComment(comment: string, marker: string): string {
  const text = comment.trim().slice(0, longestComment).toWellFormed();
  return text === "" ? marker : `${text}\n${marker}`;
}

/** Seconds as whole minutes, at least one. */
export const wholeMinutes = (seconds: number): number => Math.max(1, Math.round(seconds / 60));
