import { Skeleton } from "../ui/states.tsx";

/** The app's outline while it opens. */
export function ShellSkeleton() {
  return (
    <div role="status" aria-label="Billhook is opening" className="flex h-full">
      <div className="hidden w-13 shrink-0 border-r border-line bg-canvas md:block xl:w-48">
        <div className="flex flex-col gap-4 p-4">
          {["w-20", "w-16", "w-24", "w-20", "w-18", "w-14"].map((width, at) => (
            <Skeleton key={at} className={`max-w-full ${width}`} />
          ))}
        </div>
      </div>
      <div className="flex-1 bg-surface">
        <div className="flex h-12 items-center border-b border-line px-4">
          <Skeleton className="w-24" />
        </div>
      </div>
    </div>
  );
}
