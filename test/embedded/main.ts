import { parseArgs } from "node:util";
import type { Log } from "./log.ts";
import { startStack } from "./stack.ts";

const USAGE = `npm run dev [-- options]

  --port N     the address people open is http://127.0.0.1:N (8787); N+1 and N+2 are taken as well
  --data DIR   everything is kept here (.billhook)
  --empty      leaves the demo work out, and keeps the demo account
  --verbose    shows what every part of the stack has to say`;

type Arguments = { port: number; data: string; empty: boolean; verbose: boolean };

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8787" },
      data: { type: "string", default: ".billhook" },
      empty: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_533) throw new Error("--port is a number from 0 to 65533.");
  return { port, data: values.data, empty: values.empty, verbose: values.verbose };
}

async function main(): Promise<void> {
  const { port, data, empty, verbose } = readArguments();
  const started = performance.now();
  const log: Log = ({ level, source, message }) => {
    if (verbose || level === "warn" || level === "error") console.error(`${source}: ${message}`);
  };

  let stopping = false;
  const starting = startStack({ port, dataFolder: data, demo: empty ? "account" : "work", log });
  const stopOn = (signal: NodeJS.Signals): void => {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void starting
        .then((stack) => stack.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    });
  };
  stopOn("SIGINT");
  stopOn("SIGTERM");

  const stack = await starting;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const lines = [
    ["Billhook", stack.appUrl],
    ["sign in", stack.demo === undefined ? "" : `${stack.demo.email} / ${stack.demo.password}`],
    ["Supabase", stack.supabaseUrl],
    [
      "Stripe",
      stack.stripeUrl === undefined ? "the real one (STRIPE_SECRET_KEY is set)" : `${stack.stripeUrl} (stand-in)`,
    ],
    ["data", stack.dataFolder],
  ];
  console.log(`\n${lines.map(([name, value]) => `  ${(name ?? "").padEnd(10)} ${value}`).join("\n")}\n`);
  console.log(`  ready in ${seconds} s · stop with Ctrl+C\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
