/** `billhook`: the command line. It only wires; each command has its own file. */
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { openClone } from "./clone.ts";
import { connectClone, readConnection } from "./connection.ts";
import { runEstimate } from "./estimate.ts";
import { CommandFailure, exitCodes } from "./failure.ts";
import type { Selection } from "./git-log.ts";
import { type HookEvent, installHook, uninstallHook } from "./hook.ts";
import { runHook } from "./hook-run.ts";
import { type CheckMode, describeRules, installCheck, readMessageRules } from "./message-check.ts";
import { runSend } from "./send.ts";
import { findStack, signIn } from "./stack.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

interface StackFlags {
  stack?: string;
  url?: string;
  token?: string;
  project?: string;
  again?: boolean;
}

interface SendFlags extends StackFlags {
  last?: number;
  since?: string;
  all?: boolean;
  branch?: string;
  install?: boolean;
  on: HookEvent;
  force?: boolean;
  dryRun?: boolean;
}

/** Commits that are sent where nobody says how many. */
const defaultCount = 50;

const afterHelp = `
Exit codes:
  0  done
  1  a mistake in Billhook
  2  the command line is not understood
  3  the repository cannot be read
  4  no stack answers; nothing is lost, try again
  5  the stack refused: sign-in, secret or project
  6  delivered, but not (yet) recorded

Environment:
  BILLHOOK_TOKEN  the access token to sign in with, instead of the stack's demo account
  BILLHOOK_STACK  the stack.json, as --stack
  BILLHOOK_URL    the address, as --url`;

/** npm runs scripts in the package's folder; what a person types is meant from where they are. */
const typedFrom = process.env["npm_lifecycle_event"] === "billhook" ? (process.env["INIT_CWD"] ?? ".") : ".";
const fromThere = (path: string): string => resolve(typedFrom, path);

function readCount(value: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(value)) throw new InvalidArgumentError("It is a whole number from 1.");
  return Number(value);
}

/** A day begins at its midnight: git would take a bare day for this time of that day. */
function readDate(value: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/u.test(value);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?$/u.test(value);
  const date = new Date(isDay ? `${value}T00:00:00Z` : value);
  if ((!isDay && !isTime) || Number.isNaN(date.getTime()) || (isDay && !date.toISOString().startsWith(value))) {
    throw new InvalidArgumentError("It is a day such as 2026-03-01, or a time such as 2026-03-01T09:00:00+02:00.");
  }
  return isDay ? `${value}T00:00:00` : value;
}

function withStackOptions(command: Command): Command {
  return command
    .addOption(new Option("--stack <file>", "the running stack's stack.json").env("BILLHOOK_STACK"))
    .addOption(new Option("--url <address>", "another Billhook than the one on this computer").env("BILLHOOK_URL"))
    .addOption(new Option("--token <token>", "access token; better put into BILLHOOK_TOKEN").env("BILLHOOK_TOKEN"))
    .option("--project <id>", "the project whose commits these are (default: the demo project)")
    .option("--again", "connect a repository that another clone has connected already");
}

const onOption = (): Option =>
  new Option("--on <event>", "when the hook sends").choices(["commit", "push"]).default("commit");

function readSelection(flags: SendFlags): Selection {
  if (flags.all === true) return { kind: "all" };
  if (flags.since !== undefined) return { kind: "since", date: flags.since };
  return { kind: "last", count: flags.last ?? defaultCount };
}

function stackOptions(flags: StackFlags): { stack?: string; url?: string; token?: string } {
  return { ...flags, ...(flags.stack === undefined ? {} : { stack: fromThere(flags.stack) }) };
}

async function install(path: string, event: HookEvent, force: boolean, terminal: Terminal): Promise<void> {
  const { file, kept } = await installHook(await openClone(path), event, { force });
  terminal.print(`From now on each ${event} is sent by ${file}.`);
  if (kept !== null) terminal.print(`  The hook that was there is run first: ${kept}`);
}

function buildProgram(terminal: Terminal): Command {
  const program = new Command("billhook")
    .description("Sends the commits of local clones to Billhook, and estimates them.")
    .exitOverride()
    .configureOutput({ writeErr: (message) => process.stderr.write(message) })
    .showHelpAfterError("(billhook --help tells more)")
    .addHelpText("after", afterHelp);

  withStackOptions(
    program
      .command("send")
      .description("sends commits of a local git repository to the running stack; twice is the same as once")
      .argument("<path>", "a folder in the repository")
      .addOption(new Option("--last <n>", `the newest n commits (default: ${defaultCount})`).argParser(readCount))
      .addOption(
        new Option("--since <date>", "the commits since a day or time").argParser(readDate).conflicts(["last", "all"]),
      )
      .addOption(new Option("--all", "the whole history").conflicts("last"))
      .option("--branch <name>", "another branch than the one checked out"),
  )
    .option("--install", "then put a hook into the clone that sends by itself")
    .addOption(onOption())
    .option("--force", "with --install: replace a hook that cannot be kept")
    .option("--dry-run", "only say what would be sent")
    .action(async (path: string, flags: SendFlags) => {
      await runSend(
        {
          ...stackOptions(flags),
          path: fromThere(path),
          selection: readSelection(flags),
          branch: flags.branch ?? null,
          project: flags.project,
          again: flags.again === true,
          dryRun: flags.dryRun === true,
        },
        terminal,
      );
      if (flags.install === true && flags.dryRun !== true) {
        await install(fromThere(path), flags.on, flags.force === true, terminal);
      }
    });

  const hook = program.command("hook").description("puts a hook into a clone that sends commits by itself");
  withStackOptions(
    hook.command("install").description("installs the hook, or renews it").argument("<path>", "the clone"),
  )
    .addOption(onOption())
    .option("--force", "replace a hook that cannot be kept")
    .addOption(
      new Option(
        "--check <how>",
        "instead: a commit-msg hook that reminds of the time and the ticket, or refuses a commit without them",
      ).choices(["remind", "enforce"]),
    )
    .action(async (path: string, flags: StackFlags & { on: HookEvent; force?: boolean; check?: CheckMode }) => {
      const clone = await openClone(fromThere(path));
      if (flags.check !== undefined) {
        const session = await signIn(await findStack(stackOptions(flags)), flags.token);
        const { connection } = await connectClone(clone, session, {
          projectId: flags.project,
          again: flags.again === true,
        });
        const rules = await readMessageRules(session, connection.id, flags.check);
        const file = await installCheck(clone, rules, flags.force === true);
        terminal.print(`From now on ${file} looks at each message for ${describeRules(rules)}.`);
        return;
      }
      if ((await readConnection(clone)) === null) {
        const session = await signIn(await findStack(stackOptions(flags)), flags.token);
        await connectClone(clone, session, { projectId: flags.project, again: flags.again === true });
      }
      await install(clone.folder, flags.on, flags.force === true, terminal);
    });
  hook
    .command("uninstall")
    .description("takes the hook out, and puts the one from before back")
    .argument("<path>", "the clone")
    .action(async (path: string) => {
      const removed = await uninstallHook(await openClone(fromThere(path)));
      terminal.print(removed.length === 0 ? "There was no hook of Billhook's." : `Taken out: ${removed.join(", ")}`);
    });
  hook
    .command("run", { hidden: true })
    .argument("<path>")
    .action(async (path: string) => {
      await runHook(await openClone(path), await text(process.stdin));
    });

  program
    .command("estimate")
    .description("reads a developer's history as JSON lines and prints an estimate per commit")
    .action(async () => {
      process.stdin.setEncoding("utf8");
      const outcome = await runEstimate(process.stdin, (line) => process.stdout.write(line));
      if (!outcome.ok) throw new CommandFailure("usage", `Line ${outcome.line}: ${outcome.message}`);
    });
  return program;
}

async function main(): Promise<number> {
  const terminal = openTerminal();
  // A reader that has seen enough (`| head`) closes the pipe.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await buildProgram(terminal).parseAsync();
    return 0;
  } catch (error) {
    terminal.endProgress();
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (!(error instanceof CommandFailure)) throw error;
    process.stderr.write(`${error.message}\n${error.hint === null ? "" : `${error.hint}\n`}`);
    return exitCodes[error.reason];
  }
}

process.exitCode = await main();
