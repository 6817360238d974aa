import { useBlocker } from "@tanstack/react-router";
import { useCommands } from "../app/commands.tsx";
import { classNames } from "../lib/class-names.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogActions } from "./dialog.tsx";

/** The end of a form that fills a page: saving, taking changes back, and a question before they are lost. */
export function FormActions(props: {
  /** What the main button does: "Save the client". */
  label: string;
  dirty: boolean;
  busy: boolean;
  /** What the server refused and no field shows. */
  problem: string | null;
  onSave: () => void;
  onReset: () => void;
}) {
  const { dirty, busy } = props;
  const leaving = useBlocker({
    // Moving within the page (a filter in its address) loses nothing.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  useCommands([
    {
      id: "save",
      label: props.label,
      group: "Form",
      keys: ["mod+s"],
      inFields: true,
      enabled: dirty,
      run: props.onSave,
    },
  ]);
  return (
    <>
      <div
        className={classNames(
          "-mx-1 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-1 py-3",
          dirty && "sticky bottom-0 z-10",
        )}
      >
        {props.problem !== null && (
          <p role="alert" className="min-w-0 flex-1 text-danger">
            {props.problem}
          </p>
        )}
        {dirty && <span className="text-muted max-md:hidden">Not saved yet</span>}
        <Button disabled={!dirty || busy} onClick={props.onReset}>
          Take changes back
        </Button>
        <Button type="submit" variant="primary" disabled={!dirty} busy={busy}>
          {props.label}
        </Button>
      </div>
      <Dialog
        open={leaving.status === "blocked"}
        onOpenChange={(open) => {
          if (!open) leaving.reset?.();
        }}
        size="sm"
        title="Leave without saving?"
        description="What you changed on this page is lost."
      >
        <DialogActions>
          <Button variant="danger" onClick={() => leaving.proceed?.()}>
            Leave
          </Button>
          <Button variant="primary" onClick={() => leaving.reset?.()}>
            Stay here
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
