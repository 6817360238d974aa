import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../lib/class-names.ts";
import { Button } from "./button.tsx";

/** A grey bar where text will be. Give it the size of what it stands for. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classNames("animate-skeleton block h-3 rounded bg-line", className)} />;
}

/** Rows of the final height while a list is loading. */
export function ListSkeleton({ rows = 8, rowHeight = 36 }: { rows?: number; rowHeight?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height: rowHeight }} className="flex items-center gap-4 border-b border-line px-4">
          <Skeleton className={["w-2/5", "w-1/3", "w-1/2", "w-1/4"][row % 4] ?? "w-1/3"} />
          <span className="flex-1" />
          <Skeleton className="w-14" />
          <Skeleton className="w-16" />
        </div>
      ))}
    </div>
  );
}

/** Nothing here: why, and what to do next. */
export function EmptyState(props: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center">
      {props.icon !== undefined && <div className="mb-3 text-faint">{props.icon}</div>}
      <h2 className="text-lg font-semibold">{props.title}</h2>
      {props.children !== undefined && <div className="mt-1 text-muted">{props.children}</div>}
      {props.action !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{props.action}</div>}
    </div>
  );
}

/** What happened, and a way to try again. */
export function ErrorState(props: { title?: string; message: string; onRetry?: () => void; action?: ReactNode }) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center">
      <TriangleAlert size={22} aria-hidden className="mb-3 text-danger" />
      <h2 className="text-lg font-semibold">{props.title ?? "This could not be loaded"}</h2>
      <p className="mt-1 text-muted">{props.message}</p>
      <div className="mt-4 flex gap-2">
        {props.onRetry !== undefined && (
          <Button onClick={props.onRetry}>
            <RotateCw size={14} aria-hidden /> Try again
          </Button>
        )}
        {props.action}
      </div>
    </div>
  );
}
