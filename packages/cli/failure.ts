/** The exit codes of `billhook`, as `billhook --help` lists them. */
export const exitCodes = {
  /** A mistake in Billhook itself. */
  unexpected: 1,
  /** The command line is not understood. */
  usage: 2,
  /** The repository cannot be read. */
  repository: 3,
  /** No stack answers, or not in time; nothing was lost, and the same command may be given again. */
  unreachable: 4,
  /** The stack refused: sign-in, secret or project. */
  refused: 5,
  /** Delivered, but not (yet) recorded. */
  unfinished: 6,
} as const;

export type ExitReason = keyof typeof exitCodes;

/**
 * Something a person can mend. It ends the command: `main.ts` catches it, prints the message and the hint without a
 * stack, and exits with the reason's code.
 */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  readonly reason: ExitReason;
  /** What to do about it, in a sentence. */
  readonly hint: string | null;

  constructor(reason: ExitReason, message: string, hint: string | null = null) {
    super(message);
    this.reason = reason;
    this.hint = hint;
  }
}
