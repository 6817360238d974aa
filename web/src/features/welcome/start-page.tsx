import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { useProjects, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { FirstDelivery } from "../repositories/first-delivery.tsx";
import { type FirstStep, type StepId, isStep, stepNames, useFirstSteps } from "./first-steps.ts";
import { FirstWorkForm } from "./first-work-form.tsx";

const ConnectDialog = lazyPart(async () => (await import("../repositories/connect-dialog.tsx")).ConnectDialog);

/** From an empty workspace to the first drafts. Each step can be left: what is done is what the workspace holds. */
export function StartPage() {
  const { workspace, canManage } = useWorkspace();
  const search = useSearch({ from: "/workspace/start" });
  const navigate = useNavigate();
  const { steps, error, retry } = useFirstSteps();
  useLiveTable("repositories", workspace.id, keys.repositories(workspace.id));
  const [connecting, setConnecting] = useState<string | null>(null);
  const show = (step: StepId | null): void => void navigate({ to: "/start", search: step === null ? {} : { step } });

  if (steps === null) {
    return (
      <Page title="First steps">
        {error === null ? <ListSkeleton /> : <ErrorState message={messageOf(error)} onRetry={retry} />}
      </Page>
    );
  }
  const open = isStep(search.step) ? search.step : steps.next;
  return (
    <Page
      title="First steps"
      width="narrow"
      aside={<span className="text-muted tabular-nums">{`${steps.done} of ${steps.steps.length} done`}</span>}
    >
      <p className="mb-5 text-muted">
        {steps.next === null
          ? "All is set: what is pushed becomes lines to bill in the inbox."
          : "Four steps to the first line to bill. Leave at any time: what you have done stays, and this page goes on from there."}
      </p>
      <ol className="flex flex-col gap-3">
        {steps.steps.map((step, at) => (
          <Step key={step.id} step={step} number={at + 1} open={open === step.id} onOpen={() => show(step.id)}>
            {canManage ? (
              <StepBody id={step.id} onDone={() => show(null)} onConnect={setConnecting} />
            ) : (
              <p className="text-muted">An owner or admin of the workspace does this.</p>
            )}
          </Step>
        ))}
      </ol>
      <Link to="/inbox" className={classNames(buttonClass(steps.next === null ? "primary" : "ghost"), "mt-5")}>
        {steps.next === null ? "Go to the inbox" : "Leave for now"}
      </Link>
      {connecting !== null && (
        <ConnectDialog
          projectId={connecting}
          grantId={null}
          refusal={null}
          onClose={() => {
            setConnecting(null);
            show(null);
          }}
        />
      )}
    </Page>
  );
}

function Step(props: { step: FirstStep; number: number; open: boolean; onOpen: () => void; children: ReactNode }) {
  const { step, number, open } = props;
  const name = stepNames[step.id];
  return (
    <li className="rounded-lg border border-line bg-surface">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          onClick={props.onOpen}
          className="flex min-h-11 w-full items-center gap-3 rounded-lg px-4 text-left font-medium hover:bg-hover"
        >
          <span
            aria-hidden
            className={classNames(
              "flex size-5 shrink-0 items-center justify-center rounded-full text-xs tabular-nums",
              step.done ? "bg-ok-soft text-ok" : "bg-sunken text-muted",
            )}
          >
            {step.done ? <Check size={12} /> : number}
          </span>
          {name}
          {step.done && <span className="ml-auto text-sm font-normal text-muted">Done</span>}
        </button>
      </h2>
      {open && <div className="border-t border-line p-4">{props.children}</div>}
    </li>
  );
}

function StepBody(props: { id: StepId; onDone: () => void; onConnect: (projectId: string) => void }) {
  switch (props.id) {
    case "biller":
      return <Biller />;
    case "work":
      return <Work onDone={props.onDone} />;
    case "repository":
      return <ConnectRepository onConnect={props.onConnect} />;
    case "commits":
      return <FirstCommits />;
  }
}

function Biller() {
  const { workspace } = useWorkspace();
  return (
    <>
      <p>
        {workspace.legal_name ?? workspace.name}, in {workspace.currency}, with the days of{" "}
        {workspace.timezone.replaceAll("_", " ")}.
        {workspace.address === null && " Before the first invoice, add the address and tax number it has to carry."}
      </p>
      <Link to="/settings" className={classNames(buttonClass(), "mt-3")}>
        {workspace.address === null ? "Complete the details" : "Change the details"}
      </Link>
    </>
  );
}

function Work({ onDone }: { onDone: () => void }) {
  const projects = useProjects();
  if (projects.data?.every((project) => project.archived_at !== null) === true)
    return <FirstWorkForm onDone={onDone} />;
  return (
    <Link to="/clients" className={buttonClass()}>
      See clients and projects
    </Link>
  );
}

function ConnectRepository({ onConnect }: { onConnect: (projectId: string) => void }) {
  const project = useProjects().data?.find((candidate) => candidate.archived_at === null);
  const repositories = useRepositories();
  if (project === undefined) return <p className="text-muted">A repository belongs to a project: create that first.</p>;
  const connected = repositories.data?.some((repository) => repository.archived_at === null) === true;
  return (
    <>
      <p>
        {connected
          ? "Its pushes become drafts. More repositories can follow."
          : `Its pushes become drafts of ${project.name}. The address and secret to paste at your git host come next.`}
      </p>
      <Button variant={connected ? "secondary" : "primary"} className="mt-3" onClick={() => onConnect(project.id)}>
        {connected ? "Connect another" : "Connect the repository"}
      </Button>
    </>
  );
}

function FirstCommits() {
  const repository = useRepositories().data?.find((candidate) => candidate.archived_at === null);
  if (repository === undefined) return <p className="text-muted">Connect a repository first.</p>;
  return (
    <>
      <FirstDelivery repository={repository} />
      <p className="mt-3">
        Push a commit, and it is here within two seconds. Or bring in what came before: import it from the host, or send
        it from a clone with <code className="font-mono text-sm">billhook send</code>.
      </p>
      <Link to="/repositories" search={{ repository: repository.id }} className={classNames(buttonClass(), "mt-3")}>
        Import what came before
      </Link>
    </>
  );
}
