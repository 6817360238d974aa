import { type Step, formatElapsed } from "./delivery-state.ts";

const colours = ["bg-line-strong", "bg-warn", "bg-accent"];
const colourOf: Readonly<Record<string, string | undefined>> = {
  "Waiting in the queue": colours[0],
  "Asking the host": colours[1],
  "Estimating and recording": colours[2],
};

/** Where the time went: a bar, and the same in words beneath it. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  const whole = steps.reduce((sum, step) => sum + step.took, 0);
  if (whole === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-faint">How long each step took</h3>
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full bg-sunken">
        {steps.map((step) => (
          <span
            key={step.name}
            className={colourOf[step.name]}
            style={{ width: `${(step.took / whole) * 100}%`, minWidth: step.took > 0 ? 2 : 0 }}
          />
        ))}
      </div>
      <ul className="mt-1.5 flex flex-col gap-0.5 text-sm">
        {steps.map((step) => (
          <li key={step.name} className="flex items-center gap-2">
            <span aria-hidden className={`size-2 rounded-full ${colourOf[step.name] ?? ""}`} />
            <span className="flex-1 text-muted">{step.name}</span>
            <span className="tabular-nums">{formatElapsed(step.took)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
