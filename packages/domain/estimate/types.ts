/** What an estimate of a commit's time is: minutes within a range, how they came about, and what a person should check. */

export type EstimateMethod = "explicit" | "heuristic" | "default" | "calibrated";

export interface EstimateFlag {
  /** Stable, in snake_case, for filters and tests: `no_line_counts`. */
  code: string;
  /** A sentence for the inbox, saying what is odd. */
  message: string;
  /** Another commit that it is about. */
  commit_id?: string;
  short_hash?: string;
}

/** Minutes are non-negative integers, and `low <= minutes <= high`. */
export interface Estimate {
  minutes: number;
  low: number;
  high: number;
  method: EstimateMethod;
  /** How the minutes came about, as a person reads it: "15 min + 4 files × 5 min + 84 lines × 0.5 min". */
  reason: string;
  flags: EstimateFlag[];
}
