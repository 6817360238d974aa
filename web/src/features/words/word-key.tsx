import { setWordKey } from "@billhook/database/words";
import { useState } from "react";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { useRefreshWords, type WordSettings } from "./word-data.ts";

/** The workspace's own key: its last characters, and a form for another. */
export function WordKey({ settings }: { settings: WordSettings }) {
  const app = useApp();
  const db = useDb();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const refresh = useRefreshWords();
  const [isOpen, setIsOpen] = useState(false);
  const [key, setKey] = useState("");
  const [address, setAddress] = useState(settings.base_url ?? "");
  const [problem, setProblem] = useState<{ field: string | null; message: string } | null>(null);
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const body = JSON.stringify({
      workspace_id: workspace.id,
      api_key: key,
      base_url: address.trim() === "" ? null : address.trim(),
    });
    const asked = await askWorker(() => fetchApi(app, "/api/words/key", { method: "POST", body }));
    setBusy(false);
    if (!asked.ok) {
      setProblem(asked.problem);
      return;
    }
    setKey("");
    setIsOpen(false);
    await refresh();
    void notify("Key saved", undefined, "The next request to the model uses it.");
  };
  const remove = async (): Promise<void> => {
    const removed = await setWordKey(db, workspace.id, null);
    await refresh();
    if (removed.ok) void notify("Key removed");
    else void notifyError(removed.error.message);
  };
  const errorAt = (field: string): string | undefined =>
    problem?.field === field ? problem.message.replace(`${field}: `, "It ") : undefined;

  return (
    <div className="flex flex-col gap-3">
      {settings.problem !== null && (
        <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          {settings.problem}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1">
          {settings.key_set_at === null ? (
            <span className="text-muted">
              {app.config.words ? "The installation's key" : "No key: every line keeps the commit's words."}
            </span>
          ) : (
            <>
              <code className="font-mono">…{settings.key_hint}</code>{" "}
              <span className="text-muted">
                set {format.instant(settings.key_set_at)}
                {settings.base_url !== null && `, sent to ${settings.base_url}`}
              </span>
            </>
          )}
        </p>
        {canManage && settings.key_set_at !== null && <Button onClick={() => void remove()}>Remove the key</Button>}
        {canManage && !isOpen && (
          <Button onClick={() => setIsOpen(true)}>
            {settings.key_set_at === null ? "Set a key" : "Set another key"}
          </Button>
        )}
      </div>
      {isOpen && (
        <form
          className="grid items-start gap-x-4 gap-y-3 md:grid-cols-2"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Field label="API key" error={errorAt("api_key")}>
            <TextInput
              type="password"
              autoComplete="off"
              spellCheck={false}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          </Field>
          <Field label="Address" hint="Where it is not Anthropic's own." error={errorAt("base_url")}>
            <TextInput
              type="url"
              placeholder="https://api.anthropic.com"
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
          </Field>
          <div className="flex flex-wrap items-center gap-2 md:col-span-2">
            <Button type="submit" variant="primary" busy={busy} disabled={key.trim() === ""}>
              Save the key
            </Button>
            <Button
              onClick={() => {
                setIsOpen(false);
                setProblem(null);
              }}
            >
              Cancel
            </Button>
            {problem !== null && !["api_key", "base_url"].includes(problem.field ?? "") && (
              <p role="alert" className="text-danger">
                {problem.message}
              </p>
            )}
          </div>
        </form>
      )}
    </div>
  );
}
