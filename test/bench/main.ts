import { parseArgs } from "node:util";
import { measureAcceptedPushes } from "./accepted-pushes.ts";
import { measureBilling } from "./billing.ts";
import { measureImportedHistory } from "./import-history.ts";
import { measureImport } from "./import-push.ts";
import { measureInboxBulk } from "./inbox-bulk.ts";
import { measureInboxOpen } from "./inbox-open.ts";
import { measureInboxQuery } from "./inbox-query.ts";
import { measureInvoicePdf } from "./invoice-pdf.ts";
import { measureRoundTrips } from "./round-trips.ts";
import { formatJson, formatTable, type Row } from "./row.ts";
import { type Bench, startBench } from "./stacks.ts";
import { measureVisibleDrafts } from "./visible-drafts.ts";
import { measureWebBundle } from "./web-bundle.ts";
import { measureWorkerTime } from "./worker-time.ts";

// npm run bench [-- --json] [-- --only PART]: what Billhook does and how fast, each beside the least it could take.

const PARTS: Record<string, (bench: Bench) => Promise<Row[]>> = {
  import: measureImport,
  accept: measureAcceptedPushes,
  visible: measureVisibleDrafts,
  billing: measureBilling,
  worker: measureWorkerTime,
  trips: measureRoundTrips,
  history: measureImportedHistory,
  pdf: measureInvoicePdf,
  inbox: measureInboxQuery,
  bulk: measureInboxBulk,
  open: measureInboxOpen,
  bundle: measureWebBundle,
};

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string" } } });
const chosen = Object.entries(PARTS).filter(([name]) => values.only === undefined || values.only === name);
if (chosen.length === 0) throw new Error(`--only is one of ${Object.keys(PARTS).join(", ")}.`);

const bench = await startBench();
const rows: Row[] = [];
try {
  for (const [name, measure] of chosen) {
    process.stderr.write(`measuring: ${name}\n`);
    rows.push(...(await measure(bench)));
  }
} finally {
  await bench.stop();
}
console.log(values.json ? formatJson(rows) : `\n${formatTable(rows)}\n`);
