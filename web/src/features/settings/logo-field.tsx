import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readLogo } from "@billhook/database/logos";
import { useRef, useState } from "react";
import { fetchApi, useApp, useSession } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { notify } from "../../ui/toast.tsx";
import { prepareLogo } from "./logo-file.ts";

/** The picture at the head of invoices. It is changed at once, and finalised invoices keep theirs. */
export function LogoField() {
  const app = useApp();
  const session = useSession();
  const queryClient = useQueryClient();
  const { workspace, canManage } = useWorkspace();
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { logo_id: logoId } = workspace;
  const logo = useQuery({
    queryKey: [...keys.workspace(workspace.id), "logo", logoId] as const,
    enabled: logoId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => unwrap(readLogo(app.db, logoId ?? "")),
  });

  const replace = async (file: File | null): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const body = file === null ? null : await prepareLogo(file);
      const asked = await askWorker(() =>
        fetchApi(app, `/api/workspaces/${workspace.id}/logo`, { method: "PUT", body }),
      );
      if (!asked.ok) {
        setProblem(asked.problem.message);
        return;
      }
      await queryClient.invalidateQueries({ queryKey: keys.workspaces(session?.user.id ?? "") });
      void notify(file === null ? "Logo removed" : "Logo saved");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
      if (chooser.current !== null) chooser.current.value = "";
    }
  };

  return (
    <div>
      <p className="mb-1 font-medium" id="logo-label">
        Logo
      </p>
      <div className="flex flex-wrap items-center gap-3">
        {logoId !== null && logo.data != null && (
          // On white in both themes, as on paper.
          <span className="inline-flex h-16 w-44 items-center justify-center rounded-md border border-line bg-[white] p-2">
            <img src={logo.data.dataUrl} alt="Your logo" className="max-h-full max-w-full object-contain" />
          </span>
        )}
        {canManage && (
          <>
            <input
              ref={chooser}
              type="file"
              accept="image/png,image/jpeg,image/svg+xml,image/webp"
              aria-labelledby="logo-label"
              className="sr-only"
              tabIndex={-1}
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file !== undefined) void replace(file);
              }}
            />
            <Button busy={busy} onClick={() => chooser.current?.click()}>
              {logoId === null ? "Choose a picture" : "Replace"}
            </Button>
            {logoId !== null && (
              <Button variant="ghost" disabled={busy} onClick={() => void replace(null)}>
                Remove
              </Button>
            )}
          </>
        )}
      </div>
      <p className="mt-1 text-sm text-muted">PNG, JPEG or SVG. Saved at once; finalised invoices keep theirs.</p>
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}
