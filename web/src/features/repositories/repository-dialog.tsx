import { settle } from "@billhook/database/client";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { type Repository, useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { useArchiving } from "../clients/use-archiving.ts";
import { FirstDelivery } from "./first-delivery.tsx";
import { HostAccess } from "./host-access.tsx";
import { useGrants } from "./host-data.ts";
import { ImportPanel } from "./import-panel.tsx";
import { providerNames } from "./provider-names.ts";
import { WebhookSettings } from "./webhook-settings.tsx";

/** A connection: where its commits go, and how it is set up at its host. */
export function RepositoryDialog({ repository, onClose }: { repository: Repository; onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const clients = useClients();
  const projects = useProjects();
  const grants = useGrants();
  const grant = grants.data?.find((candidate) => candidate.id === repository.grant_id);
  const archiving = useArchiving("repositories", repository);
  const [problem, setProblem] = useState<string | null>(null);

  const move = async (projectId: string): Promise<void> => {
    setProblem(null);
    const change = (target: string) =>
      settle(db.from("repositories").update({ project_id: target }).eq("id", repository.id).select("id").single());
    const moved = await change(projectId);
    await queryClient.invalidateQueries({ queryKey: keys.repositories(repository.workspace_id) });
    if (!moved.ok) {
      setProblem(moved.error.message);
      return;
    }
    const back = repository.project_id;
    void notify(
      "Repository moved",
      {
        label: "Undo",
        run: () =>
          void change(back).then(() =>
            queryClient.invalidateQueries({ queryKey: keys.repositories(repository.workspace_id) }),
          ),
      },
      "Commits that arrive from now on belong to the other project.",
    );
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="lg"
      title={repository.name ?? "Waiting for the first delivery"}
      description={`${providerNames[repository.provider] ?? repository.provider}, connected ${format.instant(repository.created_at)}`}
    >
      <div className="flex flex-col gap-4">
        {repository.first_delivery_at === null && repository.archived_at === null && (
          <FirstDelivery repository={repository} />
        )}
        <Field label="Project" hint="For commits that arrive from now on." error={problem ?? undefined}>
          <Select
            value={repository.project_id}
            disabled={!canManage}
            onChange={(event) => void move(event.target.value)}
          >
            {(clients.data ?? []).map((client) => {
              const own = (projects.data ?? []).filter(
                (project) =>
                  project.client_id === client.id &&
                  (project.archived_at === null || project.id === repository.project_id),
              );
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
        <HostAccess repository={repository} grant={grant} />
        <ImportPanel repository={repository} hasGrant={grant !== undefined && grant.revoked_at === null} />
        <WebhookSettings repository={repository} />
        <DialogActions>
          {canManage && (
            <Button
              variant={repository.archived_at === null ? "danger" : "secondary"}
              busy={archiving.busy}
              onClick={() => void archiving.toggle().then(onClose)}
            >
              {repository.archived_at === null ? "Archive" : "Restore"}
            </Button>
          )}
          {repository.url !== null && (
            <a href={repository.url} target="_blank" rel="noreferrer" className={buttonClass()}>
              Open at its host <ExternalLink size={13} aria-hidden />
            </a>
          )}
          <Link to="/deliveries" search={{ repository: repository.id }} className={buttonClass("primary")}>
            See the deliveries
          </Link>
        </DialogActions>
      </div>
    </Dialog>
  );
}
