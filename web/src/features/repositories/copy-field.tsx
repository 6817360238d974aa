import { Check, Copy } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Button } from "../../ui/button.tsx";

/** A value to paste elsewhere. */
export function CopyField(props: { label: string; value: string; hint?: string; onCopy?: () => void }) {
  const id = useId();
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  useEffect(() => {
    if (copied === "no") return;
    const timer = setTimeout(() => setCopied("no"), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.value);
      setCopied("yes");
      props.onCopy?.();
    } catch {
      // Without https, or where the browser forbids it, the person selects the text.
      setCopied("failed");
    }
  };
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium">
        {props.label}
      </label>
      <div className="mt-1 flex gap-2">
        <input
          id={id}
          readOnly
          value={props.value}
          onFocus={(event) => event.currentTarget.select()}
          onCopy={props.onCopy}
          className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-sunken px-2.5 font-mono text-sm max-md:h-10"
        />
        <Button aria-label={`Copy the ${props.label.toLowerCase()}`} onClick={() => void copy()} className="w-24">
          {copied === "yes" ? (
            <>
              <Check size={14} aria-hidden /> Copied
            </>
          ) : (
            <>
              <Copy size={14} aria-hidden /> Copy
            </>
          )}
        </Button>
      </div>
      <p className="mt-1 text-sm text-faint empty:hidden" role="status">
        {copied === "failed" ? "Copying is not allowed here: select the text and copy it yourself." : props.hint}
      </p>
    </div>
  );
}
