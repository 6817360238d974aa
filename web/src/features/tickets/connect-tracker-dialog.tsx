import { trackerKinds, type TrackerKind } from "@billhook/domain/tracker";
import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useApp } from "../../data/app.tsx";
import { useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { z } from "../../lib/zod.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { CopyField } from "../repositories/copy-field.tsx";
import { type TrackerSystem, trackerSystems } from "./systems.ts";
import { type TrackerRow, useTrackerAction } from "./tracker-data.ts";

const address = z.union([
  z.literal(""),
  z.url({ protocol: /^https?$/u, error: "Enter an address that begins with https://." }).max(1000),
]);
const schema = z
  .object({
    kind: z.enum(trackerKinds),
    base_url: address,
    username: z.string().trim().max(320),
    token: z.string().trim().min(1, "Enter the token.").max(4000),
    site: z.string().trim().max(300),
  })
  .superRefine((values, context) => {
    const system = trackerSystems[values.kind];
    if (system.address?.isRequired === true && values.base_url === "")
      context.addIssue({ code: "custom", path: ["base_url"], message: "Enter the address." });
    if (system.username !== null && values.username === "")
      context.addIssue({ code: "custom", path: ["username"], message: `Enter the ${system.username.label}.` });
    if (system.site !== null && values.site === "")
      context.addIssue({ code: "custom", path: ["site"], message: `Enter the ${system.site.label.toLowerCase()}.` });
  });
type Values = z.infer<typeof schema>;

/** The answer of `POST /api/trackers`: connected, or a choice to make first. */
const answerSchema = z.union([
  z.object({
    id: z.string(),
    account: z.string(),
    webhook_url: z.string().nullable(),
    webhook_secret: z.string().nullable(),
  }),
  z.object({ sites: z.array(z.object({ id: z.string(), name: z.string() })) }),
]);

interface Webhook {
  id: string;
  url: string;
  secret: string;
}

const isKind = (kind: string): kind is TrackerKind => trackerKinds.some((known) => known === kind);

/** Lets Billhook into a ticket system with a token, or in the system's own pages; `tracker` is one to connect again. */
export function ConnectTrackerDialog(props: {
  tracker: TrackerRow | null;
  onClose: (connected: string | null) => void;
}) {
  const { tracker, onClose } = props;
  const { config } = useApp();
  const { workspace } = useWorkspace();
  const action = useTrackerAction();
  const [sites, setSites] = useState<{ id: string; name: string }[]>([]);
  const [webhook, setWebhook] = useState<Webhook | null>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      kind: tracker !== null && isKind(tracker.kind) ? tracker.kind : "jira",
      base_url: tracker?.base_url ?? "",
      username: "",
      token: "",
      site: tracker?.site ?? "",
    },
  });
  const { errors } = form.formState;
  const kind = form.watch("kind");
  const system = trackerSystems[kind];
  const field = action.problem?.field ?? null;
  const errorOf = (name: "base_url" | "username" | "token" | "site"): string | undefined =>
    errors[name]?.message ?? (field === name ? action.problem?.message.replace(`${name}: `, "") : undefined);

  const connect = async (values: Values): Promise<void> => {
    const answer = answerSchema.safeParse(
      await action.ask("/api/trackers", {
        workspace_id: workspace.id,
        kind: values.kind,
        ...(tracker === null ? {} : { id: tracker.id, name: tracker.name }),
        ...(values.base_url === "" ? {} : { base_url: values.base_url }),
        ...(values.username === "" || system.username === null ? {} : { username: values.username }),
        ...(values.site === "" ? {} : { site: values.site }),
        token: values.token,
      }),
    );
    if (!answer.success) return;
    if ("sites" in answer.data) {
      setSites(answer.data.sites);
      form.setValue("site", answer.data.sites[0]?.id ?? "");
      return;
    }
    const { id, account, webhook_url: url, webhook_secret: secret } = answer.data;
    void notify(`${system.name} is connected as ${account}`, undefined, "Open lines get their tickets now.");
    if (url === null || secret === null) onClose(id);
    else setWebhook({ id, url, secret });
  };

  if (webhook !== null) {
    return (
      <Dialog
        open
        onOpenChange={() => onClose(webhook.id)}
        title={`${system.name} is connected`}
        description="Tickets are looked at again every few minutes. With a webhook, changes show at once; the secret is shown only now."
      >
        <div className="flex flex-col gap-2">
          <CopyField label="Address" value={webhook.url} />
          <CopyField
            label="Secret"
            value={webhook.secret}
            hint="It proves that a change is really told by the system."
          />
        </div>
        <DialogActions>
          <Button variant="primary" onClick={() => onClose(webhook.id)}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={() => onClose(null)}
      title={tracker === null ? "Connect a ticket system" : `Connect ${tracker.name} again`}
      description="Billhook reads the tickets that commits name. It writes to them only where a project says so."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit(connect)(event)}
        onChange={() => {
          if (action.problem !== null) action.clear();
        }}
        className="flex flex-col gap-4"
      >
        {tracker === null && (
          <fieldset>
            <legend className="mb-1 text-sm font-medium">System</legend>
            <div className="grid grid-cols-2 gap-2 md:grid-cols-3">
              {trackerKinds.map((value) => (
                <label
                  key={value}
                  className={classNames(
                    "flex min-h-9 cursor-pointer items-center gap-2 rounded-md border px-2.5 py-1.5",
                    kind === value ? "border-accent bg-accent-soft font-medium" : "border-line-strong hover:bg-hover",
                  )}
                >
                  <input
                    type="radio"
                    value={value}
                    className="accent-accent"
                    {...form.register("kind", { onChange: () => setSites([]) })}
                  />
                  {trackerSystems[value].name}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        {config.tracker_oauth.includes(kind) && (
          <div className="border-b border-line pb-4">
            <Button variant="primary" busy={action.busy} onClick={() => void action.begin(kind, tracker?.id ?? null)}>
              Connect in {system.name}’s pages
            </Button>
            <p className="mt-2 text-muted">Allow access there, without a token. Or give one here:</p>
          </div>
        )}
        <TrackerFields form={form} system={system} sites={sites} errorOf={errorOf} />
        {action.problem !== null && !["base_url", "username", "token", "site"].includes(field ?? "") && (
          <p role="alert" className="text-danger">
            {action.problem.message}
          </p>
        )}
        <DialogActions>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={action.busy}>
            Connect {system.name}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function TrackerFields(props: {
  form: ReturnType<typeof useForm<Values>>;
  system: TrackerSystem;
  sites: { id: string; name: string }[];
  errorOf: (name: "base_url" | "username" | "token" | "site") => string | undefined;
}) {
  const { form, system, sites, errorOf } = props;
  // One address serves everybody; a company's own proxy before it is rare.
  const place = system.address ?? {
    label: "Address of the API",
    placeholder: "only behind a proxy",
    isRequired: false,
  };
  return (
    <>
      <Field
        label={place.label}
        {...(place.isRequired ? {} : { hint: "Optional: only where it is not the public one." })}
        error={errorOf("base_url")}
      >
        <TextInput inputMode="url" placeholder={place.placeholder} {...form.register("base_url")} />
      </Field>
      {system.username !== null && (
        <Field label={system.username.label} error={errorOf("username")}>
          <TextInput autoComplete="off" placeholder={system.username.placeholder} {...form.register("username")} />
        </Field>
      )}
      <Field label={system.token?.label ?? "Token"} hint={system.token?.hint} error={errorOf("token")}>
        <TextInput type="password" autoComplete="off" {...form.register("token")} />
      </Field>
      {sites.length > 0 ? (
        <Field label="Which one" hint="The token sees several." error={errorOf("site")}>
          <Select {...form.register("site")}>
            {sites.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
      ) : (
        system.site !== null && (
          <Field label={system.site.label} hint={system.site.hint} error={errorOf("site")}>
            <TextInput
              autoComplete="off"
              spellCheck={false}
              placeholder={system.site.placeholder}
              {...form.register("site")}
            />
          </Field>
        )
      )}
    </>
  );
}
