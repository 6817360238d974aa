import { Skeleton } from "./states.tsx";

/** Fields in two columns, as a form will stand there. */
export function FormSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div
      role="status"
      aria-label="Loading"
      className="mx-auto grid w-full max-w-4xl gap-x-4 gap-y-5 p-6 md:grid-cols-2"
    >
      {Array.from({ length: rows * 2 }, (_, field) => (
        <div key={field} className={field % 2 === 1 ? "max-md:hidden" : ""}>
          <Skeleton className="mb-2 w-20" />
          <span aria-hidden className="block h-8 rounded-md border border-line" />
        </div>
      ))}
    </div>
  );
}
