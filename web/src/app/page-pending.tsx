import { ListSkeleton, Skeleton } from "../ui/states.tsx";

/** What stands in a page's place while its code is loading: the title bar and rows, where they will be. */
export function PagePending() {
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-12 shrink-0 items-center border-b border-line bg-surface px-4">
        <Skeleton className="h-4 w-32" />
      </div>
      <ListSkeleton />
    </div>
  );
}
