import { type Provider, providers } from "@billhook/domain/push";
import { providerNames } from "./provider-names.ts";
import { providerSetups } from "./provider-steps.ts";

const isProvider = (value: string): value is Provider => providers.some((provider) => provider === value);

/** The host's own words, which stand between asterisks, in bold. */
const emphasise = (step: string) =>
  step.split("*").map((part, at) => (at % 2 === 0 ? part : <strong key={part}>{part}</strong>));

/** What to do at the git host. */
export function SetupSteps({ provider }: { provider: string }) {
  if (!isProvider(provider)) return null;
  const { place, steps } = providerSetups[provider];
  return (
    <div>
      <h3 className="font-semibold">In {providerNames[provider]}</h3>
      <p className="mt-0.5 text-muted">{place}</p>
      <ol className="mt-2 flex list-decimal flex-col gap-1 pl-5">
        {steps.map((step) => (
          <li key={step}>{emphasise(step)}</li>
        ))}
      </ol>
    </div>
  );
}
