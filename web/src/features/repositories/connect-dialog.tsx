import { providers } from "@billhook/domain/push";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "../../lib/zod.ts";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useClients, useProjects, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { ConnectHosts } from "./connect-hosts.tsx";
import { CopyField } from "./copy-field.tsx";
import { FirstDelivery } from "./first-delivery.tsx";
import { PickDialog } from "./pick-dialog.tsx";
import { providerNames } from "./provider-names.ts";
import { providerSetups } from "./provider-steps.ts";
import { SetupSteps } from "./setup-steps.tsx";

const schema = z.object({
  project_id: z.uuid("Choose a project."),
  provider: z.enum(providers),
  name: z.string().trim().max(300, "At most 300 characters."),
  base_url: z.union([
    z.literal(""),
    z.url({ protocol: /^https?$/u, error: "Enter an address that begins with https://." }).max(1000),
  ]),
});
type Values = z.infer<typeof schema>;

/** The answer of `POST /api/repositories`; the secret is in it and nowhere else. */
const connectedSchema = z.object({ id: z.string(), webhook_url: z.string(), webhook_secret: z.string() });
type Connected = z.infer<typeof connectedSchema> & { provider: string };

interface ConnectProps {
  projectId: string | null;
  /** A host that was connected in its own pages: repositories are picked under it. */
  grantId: string | null;
  /** Why a host was not connected there. */
  refusal: { host: string; reason: string } | null;
  onClose: () => void;
}

/** Either repositories picked under a connected host, or one webhook pasted by hand. */
export function ConnectDialog(props: ConnectProps) {
  const { grantId, projectId, onClose } = props;
  return grantId === null ? <PasteDialog {...props} /> : <PickDialog {...{ grantId, projectId, onClose }} />;
}

/** Two steps: what is connected, and what to paste at the host. */
function PasteDialog({ projectId, refusal, onClose }: ConnectProps) {
  const [connected, setConnected] = useState<Connected | null>(null);
  const [copied, setCopied] = useState(false);
  const [warned, setWarned] = useState(false);
  const repositories = useRepositories();
  const repository = repositories.data?.find((candidate) => candidate.id === connected?.id);
  const received = repository !== undefined && repository.first_delivery_at !== null;

  // The secret cannot be shown again: closing by mistake before it was copied asks once.
  const close = (): void => {
    if (connected !== null && !copied && !received && !warned) setWarned(true);
    else onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
      size={connected === null ? "md" : "lg"}
      title={connected === null ? "Connect a repository" : `Paste this into ${providerNames[connected.provider]}`}
      description={
        connected === null
          ? "Its pushes become drafts of the project you choose."
          : "The secret is shown only now. If it is lost, make a new one in the repository’s settings."
      }
    >
      {connected === null ? (
        <>
          <ConnectHosts projectId={projectId} refusal={refusal} />
          <ConnectForm projectId={projectId} onCancel={onClose} onConnected={setConnected} />
        </>
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-col gap-2">
            <CopyField label="Address" value={connected.webhook_url} />
            <CopyField
              label="Secret"
              value={connected.webhook_secret}
              hint="It proves that a delivery is really from the host."
              onCopy={() => setCopied(true)}
            />
          </div>
          <SetupSteps provider={connected.provider} />
          <FirstDelivery repository={repository} />
          {warned && !copied && !received && (
            <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
              You have not copied the secret, and it cannot be shown again.
            </p>
          )}
          <DialogActions>
            {received ? (
              <>
                <Link to="/deliveries" search={{ repository: connected.id }} className={buttonClass()}>
                  See the deliveries
                </Link>
                <Link to="/inbox" className={buttonClass("primary")}>
                  Go to the inbox
                </Link>
              </>
            ) : (
              <Button onClick={close}>{warned && !copied ? "Close all the same" : "Done for now"}</Button>
            )}
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

function ConnectForm(props: {
  projectId: string | null;
  onCancel: () => void;
  onConnected: (connected: Connected) => void;
}) {
  const app = useApp();
  const queryClient = useQueryClient();
  const { workspace } = useWorkspace();
  const clients = useClients();
  const projects = useProjects();
  const [problem, setProblem] = useState<string | null>(null);
  const active = (projects.data ?? []).filter((project) => project.archived_at === null);
  const only = active.length === 1 ? active[0]?.id : undefined;
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { project_id: props.projectId ?? only ?? "", provider: "github", name: "", base_url: "" },
  });
  const { errors, isSubmitting } = form.formState;
  const provider = form.watch("provider");

  const connect = async (values: Values): Promise<void> => {
    setProblem(null);
    const { project_id, name, base_url } = values;
    const asked = await askWorker(() =>
      fetchApi(app, "/api/repositories", {
        method: "POST",
        body: JSON.stringify({
          project_id,
          provider: values.provider,
          ...(name === "" ? {} : { name }),
          ...(base_url === "" || !providerSetups[values.provider].selfHosted ? {} : { base_url }),
        }),
      }),
    );
    if (!asked.ok) {
      setProblem(
        showServerError(form, asked.problem, {
          project_id: "project_id",
          provider: "provider",
          name: "name",
          base_url: "base_url",
        }),
      );
      return;
    }
    const answer = connectedSchema.safeParse(await asked.response.json().catch(() => null));
    if (!answer.success) {
      setProblem("The server's answer is not readable. Look at the list before you try again.");
      return;
    }
    await queryClient.invalidateQueries({ queryKey: keys.repositories(workspace.id) });
    props.onConnected({ ...answer.data, provider: values.provider });
  };

  if (projects.data !== undefined && active.length === 0) {
    return (
      <>
        <p>A repository belongs to a project, and there is none yet.</p>
        <DialogActions>
          <Button onClick={props.onCancel}>Cancel</Button>
          <Link to="/clients" className={buttonClass("primary")}>
            Go to clients & projects
          </Link>
        </DialogActions>
      </>
    );
  }
  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit(connect)(event)} className="flex flex-col gap-4">
      <Field label="Project" error={errors.project_id?.message}>
        <Select autoFocus {...form.register("project_id")}>
          <option value="">Choose a project</option>
          {(clients.data ?? []).map((client) => {
            const own = active.filter((project) => project.client_id === client.id);
            return own.length === 0 ? null : (
              <optgroup key={client.id} label={client.name}>
                {own.map((project) => (
                  <option key={project.id} value={project.id}>
                    {project.name}
                  </option>
                ))}
              </optgroup>
            );
          })}
        </Select>
      </Field>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">Git host</legend>
        <div className="grid grid-cols-2 gap-2 md:grid-cols-3">
          {providers.map((value) => (
            <label
              key={value}
              className={classNames(
                "flex min-h-9 cursor-pointer items-center gap-2 rounded-md border px-2.5 py-1.5",
                provider === value ? "border-accent bg-accent-soft font-medium" : "border-line-strong hover:bg-hover",
              )}
            >
              <input type="radio" value={value} className="accent-accent" {...form.register("provider")} />
              {providerNames[value]}
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label="Repository"
        hint="Optional, as owner/name: a delivery of another repository is refused. Left empty, the first delivery names it."
        error={errors.name?.message}
      >
        <TextInput autoComplete="off" spellCheck={false} placeholder="owner/name" {...form.register("name")} />
      </Field>
      {providerSetups[provider].selfHosted && (
        <Field label="Address of the host" hint="Only where you run it yourself." error={errors.base_url?.message}>
          <TextInput inputMode="url" placeholder="https://git.example.com" {...form.register("base_url")} />
        </Field>
      )}
      {problem !== null && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onClick={props.onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          Connect the repository
        </Button>
      </DialogActions>
    </form>
  );
}
