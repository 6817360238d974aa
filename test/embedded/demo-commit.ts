/** A commit of the demo, as its history lists it. */
export interface DemoCommit {
  /** 0 to 9: the working days of the fortnight before today, oldest first. 0 to 4 are billed, 5 to 9 lie in the inbox. */
  day: number;
  /** Local time, `09:40`. */
  at: string;
  branch: string;
  message: string;
  /** Path with added and deleted lines, where the host's payload has them. */
  files?: [path: string, additions: number, deletions: number][];
  /** Made by a program, or a merge of two parents. */
  kind?: "bot" | "merge";
}

/** A repository of the demo, on one host. */
export interface DemoRepository {
  provider: "github" | "gitlab" | "bitbucket";
  /** The host's own id of it. */
  externalId: string;
  name: string;
  url: string;
  project: string;
  commits: DemoCommit[];
}
