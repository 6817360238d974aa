import { useMemo } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useCommandRegistry } from "./commands.tsx";

/** The keys that work on this page. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const registry = useCommandRegistry();
  const groups = useMemo(
    () =>
      Map.groupBy(
        registry.all().filter((command) => (command.keys?.length ?? 0) > 0),
        (command) => command.group,
      ),
    [registry],
  );
  return (
    <Dialog textOnly open onOpenChange={(open) => !open && onClose()} title="Keys" size="lg">
      <div className="gap-x-8 md:columns-2">
        {[...groups].map(([group, commands]) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-xs font-medium text-faint">{group}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.id} className="flex min-h-7 items-center gap-4 border-b border-line py-0.5">
                  <dt className="flex-1">{command.label}</dt>
                  <dd className="flex gap-2">
                    {command.keys?.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
