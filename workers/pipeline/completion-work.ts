import type { BegunDelivery } from "@billhook/database/deliveries";
import type { CompletionProgress } from "@billhook/database/repository-host";

/** Where a delivery stands while it is being completed. */
export interface Work {
  delivery: BegunDelivery;
  /** `owner/name`. */
  repository: string;
  progress: CompletionProgress;
  /** Did this go add anything? */
  hasMoved: boolean;
  /** Commits the repository has recorded: nothing is asked about them. */
  recorded: ReadonlySet<string>;
  /** Set where the host cannot give the rest. */
  givenUp: string | null;
}
