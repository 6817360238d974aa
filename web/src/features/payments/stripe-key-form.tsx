import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { type StripeAccount, useRefreshStripe } from "./payments-data.ts";
import { keyFormUrl, permissions } from "./stripe-links.ts";

/** Takes a restricted key: of a new account, or another one of that which is connected. */
export function StripeKeyForm({ account, onDone }: { account: StripeAccount | null; onDone?: () => void }) {
  const app = useApp();
  const { workspace } = useWorkspace();
  const refresh = useRefreshStripe();
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const body = JSON.stringify({
      workspace_id: workspace.id,
      api_key: key.trim(),
      ...(account === null ? {} : { id: account.id }),
    });
    const asked = await askWorker(() => fetchApi(app, "/api/stripe/accounts", { method: "POST", body }));
    await refresh();
    setBusy(false);
    if (!asked.ok) {
      setProblem(asked.problem.message);
      return;
    }
    setKey("");
    void notify(account === null ? "Stripe is connected" : "The key was replaced");
    onDone?.();
  };

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div>
        <p>
          Make a restricted key in Stripe's dashboard, with these permissions filled in:{" "}
          <StripeLink href={keyFormUrl("live")}>a live key</StripeLink>, or{" "}
          <StripeLink href={keyFormUrl("test")}>one of the test mode</StripeLink> to practise with.
        </p>
        <ul aria-label="Permissions" className="mt-2 grid max-w-md gap-x-6 gap-y-0.5 text-muted sm:grid-cols-2">
          {permissions.map(({ name, right }) => (
            <li key={name} className="flex justify-between gap-3">
              {name} <span className="text-faint">{right}</span>
            </li>
          ))}
        </ul>
      </div>
      <Field
        label="Restricted key"
        className="max-w-md"
        hint="It is checked with Stripe at once, stored encrypted, and never shown again."
        error={problem ?? undefined}
      >
        <TextInput
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="rk_live_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={busy} disabled={key.trim() === ""}>
          {account === null ? "Connect Stripe" : "Replace the key"}
        </Button>
        {onDone !== undefined && <Button onClick={onDone}>Cancel</Button>}
      </div>
    </form>
  );
}

export function StripeLink({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="whitespace-nowrap text-accent-strong hover:underline">
      {children} <ExternalLink size={12} aria-hidden className="inline" />
    </a>
  );
}
