import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { callApi, connect, type PersonOfWorkspace, signUpWithWorkspace } from "../http/harness.ts";
import { type Clone, makeLongHistory } from "../standins/forge/histories.ts";
import { canReadProcesses, readProcessorMs, readResidentMiB } from "./processes.ts";
import type { Row } from "./row.ts";
import { type Bench, waitUntilRecorded } from "./stacks.ts";

const COMMITS = 10_000;
const BUDGET_SECONDS = 60;
/** From here on an import holds all it needs; what it holds more at its end has grown with it. */
const WARM_COMMITS = 1_000;
const LOOK_MS = 200;

const commandLine = fileURLToPath(new URL("../../packages/cli/main.ts", import.meta.url));

/** A history of ten thousand commits until each has its draft: read from a host's API, and sent from a clone. */
export async function measureImportedHistory(bench: Bench): Promise<Row[]> {
  const { clone } = makeLongHistory(COMMITS);
  try {
    return [
      ...(await measure(bench, "through a host's API", (person) => importFromHost(bench, person, clone))),
      ...(await measure(bench, "with billhook send", (person) => sendFromClone(bench, person, clone))),
    ];
  } finally {
    clone.close();
  }
}

/** Each in a workspace of its own: where it is known already, the same work makes no drafts. */
async function measure(
  { product, productWorker }: Bench,
  way: string,
  bringIn: (person: PersonOfWorkspace) => Promise<void>,
): Promise<Row[]> {
  const person = await signUpWithWorkspace(product.stack);
  const countDrafts = async (): Promise<number> => {
    const [row] = await product.stack.query<{ drafts: number }>(
      "select count(*)::integer as drafts from public.draft_line_items where workspace_id = $1",
      [person.workspaceId],
    );
    return row?.drafts ?? 0;
  };
  const readMemory = (): number => (canReadProcesses ? readResidentMiB([process.pid, productWorker]) : 0);
  let warm = 0;
  let most = 0;
  const watch = new AbortController();
  const watching = (async () => {
    while (!watch.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const memory = readMemory();
      if (warm === 0 && (await countDrafts()) >= WARM_COMMITS) warm = memory;
      if (warm > 0) most = Math.max(most, memory);
    }
  })();
  const readTime = (): number => (canReadProcesses ? readProcessorMs(process.pid) + readProcessorMs(productWorker) : 0);
  const timeBefore = readTime();
  const started = performance.now();
  await bringIn(person);
  const seconds = (performance.now() - started) / 1000;
  const processorSeconds = (readTime() - timeBefore) / 1000;
  watch.abort();
  await watching;
  const drafts = await countDrafts();
  if (drafts !== COMMITS) throw new Error(`The import made ${drafts} drafts.`);
  const name = `import of ${COMMITS.toLocaleString("en")} commits ${way}`;
  const budget = { unit: "s", baseline: BUDGET_SECONDS };
  const time = { name, value: seconds, ...budget, against: "the budget" };
  if (!canReadProcesses) return [time];
  const against = `when the first ${WARM_COMMITS.toLocaleString("en")} commits were there: the stack, database and bench together`;
  return [
    time,
    {
      name: `${name}, processor time`,
      value: processorSeconds,
      ...budget,
      against: "the budget: what it takes where nothing else wants the processor",
    },
    { name: `${name}, most memory`, value: most, unit: "MiB", baseline: warm, against },
  ];
}

async function importFromHost({ product }: Bench, person: PersonOfWorkspace, clone: Clone): Promise<void> {
  const { stack } = product;
  const host = fork(new URL("forge-host.ts", import.meta.url), [clone.path]);
  try {
    const [url] = (await once(host, "message")) as [string];
    const token = { name: "example/shop", base_url: url, access_token: "good-token" };
    const repository = await connect(product, "github", token, person);
    const answer = await callApi(stack, "POST", `/api/repositories/${repository.id}/imports`, {
      token: person.token,
      body: { as: "drafts" },
    });
    if (answer.status !== 202) throw new Error(`The import was answered ${answer.status}.`);
    for (;;) {
      const [job] = await stack.query<{ status: string; error: string | null }>(
        "select status, error from public.import_jobs where repository_id = $1",
        [repository.id],
      );
      if (job?.status === "done") return;
      if (job?.status !== "queued" && job?.status !== "running") {
        throw new Error(`The import is ${job?.status}: ${job?.error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    host.disconnect();
  }
}

async function sendFromClone({ product }: Bench, person: PersonOfWorkspace, clone: Clone): Promise<void> {
  const stack = join(product.stack.dataFolder, "stack.json");
  const send = ["send", clone.path, "--last", String(COMMITS), "--stack", stack, "--project", person.projectId];
  await promisify(execFile)(process.execPath, [commandLine, ...send], {
    env: { ...process.env, BILLHOOK_TOKEN: person.token },
  });
  await waitUntilRecorded(product);
}
