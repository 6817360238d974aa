import { settle } from "@billhook/database/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { type Repository, useWorkspace } from "../../data/workspace.tsx";
import { z } from "../../lib/zod.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Field, Select } from "../../ui/field.tsx";
import { CopyField } from "./copy-field.tsx";
import { useWorkerAction } from "./host-data.ts";
import { providerNames } from "./provider-names.ts";
import { SetupSteps } from "./setup-steps.tsx";

/** Hosts that publish the addresses their deliveries come from. */
const publishesAddresses = new Set(["github", "gitlab", "bitbucket"]);

/** How deliveries reach Billhook: the address, the secret, and from where they are taken. */
export function WebhookSettings({ repository }: { repository: Repository }) {
  const { canManage } = useWorkspace();
  const [rotating, setRotating] = useState(false);
  const isLive = canManage && repository.archived_at === null;
  return (
    <section aria-labelledby="webhook-title" className="flex flex-col gap-3">
      <div className="flex items-center gap-2">
        <h3 id="webhook-title" className="flex-1 font-semibold">
          Webhook
        </h3>
        {isLive && !rotating && (
          <Button size="sm" className="max-md:h-9" onClick={() => setRotating(true)}>
            Rotate the secret
          </Button>
        )}
      </div>
      <CopyField
        label="Address"
        value={`${location.origin}/api/webhooks/${repository.provider}/${repository.id}`}
        hint="The secret was shown once. If it is lost, rotate it and enter the new one at the host."
      />
      <OldSecret repository={repository} />
      {rotating && <Rotation repository={repository} onClose={() => setRotating(false)} />}
      {publishesAddresses.has(repository.provider) && <SourceAddressCheck repository={repository} enabled={isLive} />}
      <details className="group">
        <summary className="cursor-pointer text-muted hover:text-ink">
          How to set it up in {providerNames[repository.provider]}
        </summary>
        <div className="mt-2">
          <SetupSteps provider={repository.provider} />
        </div>
      </details>
    </section>
  );
}

function OldSecret({ repository }: { repository: Repository }) {
  const format = useFormat();
  const until = repository.old_secret_valid_until;
  if (repository.secret_rotated_at === null) return null;
  const isValid = until !== null && Date.parse(until) > Date.now();
  return (
    <p className="text-sm text-muted">
      Secret rotated {format.instant(repository.secret_rotated_at)}.{" "}
      {isValid ? `The old one is accepted until ${format.instant(until)}.` : "The old one is no longer accepted."}
    </p>
  );
}

const overlaps = [
  { hours: 0, label: "not at all" },
  { hours: 1, label: "1 hour" },
  { hours: 24, label: "1 day" },
  { hours: 168, label: "7 days" },
  { hours: 720, label: "30 days" },
];
const rotatedSchema = z.object({ webhook_secret: z.string(), old_secret_valid_until: z.string() });

function Rotation({ repository, onClose }: { repository: Repository; onClose: () => void }) {
  const format = useFormat();
  const action = useWorkerAction();
  const [hours, setHours] = useState(24);
  const [rotated, setRotated] = useState<z.infer<typeof rotatedSchema> | null>(null);
  const host = providerNames[repository.provider] ?? repository.provider;
  const rotate = async (): Promise<void> => {
    const answer = await action.ask(`/api/repositories/${repository.id}/secret/rotate`, { overlap_hours: hours });
    const read = rotatedSchema.safeParse(answer);
    if (read.success) setRotated(read.data);
  };
  if (rotated !== null) {
    return (
      <div className="flex flex-col gap-2 rounded-md border border-line p-3">
        <CopyField
          label="New secret"
          value={rotated.webhook_secret}
          hint={`It is shown only now. Enter it in ${host}${
            hours === 0
              ? " at once: deliveries with the old one are refused."
              : `; deliveries with the old one are accepted until ${format.instant(rotated.old_secret_valid_until)}.`
          }`}
        />
        <Button className="self-end" onClick={onClose}>
          Done
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line p-3">
      <Field
        label="Accept the old secret for"
        hint={`Long enough to enter the new one in ${host}. Nothing is lost meanwhile: both are accepted.`}
        error={action.problem?.message}
      >
        <Select value={hours} onChange={(event) => setHours(Number(event.target.value))}>
          {overlaps.map((overlap) => (
            <option key={overlap.hours} value={overlap.hours}>
              {overlap.label}
            </option>
          ))}
        </Select>
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" busy={action.busy} onClick={() => void rotate()}>
          Make a new secret
        </Button>
      </div>
    </div>
  );
}

function SourceAddressCheck({ repository, enabled }: { repository: Repository; enabled: boolean }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  /** What was chosen, until the list has it. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const host = providerNames[repository.provider];
  const change = async (checked: boolean): Promise<void> => {
    setChosen(checked);
    const changed = await settle(
      db.from("repositories").update({ check_source_address: checked }).eq("id", repository.id).select("id").single(),
    );
    setProblem(changed.ok ? null : changed.error.message);
    await queryClient.invalidateQueries({ queryKey: keys.repositories(repository.workspace_id) });
    setChosen(null);
  };
  return (
    <div>
      <label className="flex min-h-8 items-center gap-2">
        <Checkbox
          checked={chosen ?? repository.check_source_address}
          disabled={!enabled}
          onChange={(event) => void change(event.target.checked)}
        />
        Take deliveries from {host}’s published addresses only
      </label>
      <p className="text-sm text-faint">
        {problem ?? "Not where you run it yourself. What is refused is in the delivery log, with its address."}
      </p>
    </div>
  );
}
