import { Command as Cmdk } from "cmdk";
import { Dialog } from "radix-ui";
import { useMemo } from "react";
import { Kbd } from "../ui/kbd.tsx";
import { type Command, useCommandRegistry } from "./commands.tsx";

/** Every action that can be taken now, by name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const registry = useCommandRegistry();
  const groups = useMemo(() => {
    const listed = registry.list().filter((command) => command.hidden !== true);
    return Map.groupBy(listed, (command: Command) => command.group);
  }, [registry]);
  const run = (command: Command): void => {
    onClose();
    // After the dialog has given the focus back, so that a field that the command opens keeps it.
    setTimeout(() => command.run());
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-[rgb(0_0_0/0.35)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="animate-appear fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">Find any action</Dialog.Title>
          <Cmdk loop label="Find any action">
            <Cmdk.Input
              placeholder="What do you want to do?"
              className="h-11 w-full border-b border-line bg-transparent px-4 text-lg outline-none"
            />
            <Cmdk.List className="max-h-[50vh] overflow-y-auto p-1">
              <Cmdk.Empty className="px-3 py-6 text-center text-muted">No action has this name.</Cmdk.Empty>
              {[...groups].map(([group, commands]) => (
                <Cmdk.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint"
                >
                  {commands.map((command) => (
                    <Cmdk.Item
                      key={command.id}
                      value={command.id}
                      keywords={[command.label, group]}
                      onSelect={() => run(command)}
                      className="flex h-9 cursor-pointer items-center rounded-md px-2 data-[selected=true]:bg-hover"
                    >
                      <span className="flex-1 truncate">{command.label}</span>
                      {command.keys?.[0] !== undefined && <Kbd keys={command.keys[0]} />}
                    </Cmdk.Item>
                  ))}
                </Cmdk.Group>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
