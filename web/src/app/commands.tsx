import { type ReactNode, createContext, use, useEffect, useMemo, useRef } from "react";
import { chordOf, createSequenceReader } from "./keys.ts";

/** Something a person can do: found in the palette, listed in the key help, and run by its keys. */
export interface Command {
  /** Unique among the commands on screen. */
  id: string;
  label: string;
  /** Heading in the palette and the key help. */
  group: string;
  /** `a`, `?`, `mod+a`, `shift+x`, `g i` (one after the other); any of several. */
  keys?: readonly string[];
  run: () => void;
  /** Left out of the palette (moving about, for example). */
  hidden?: boolean;
  /** False: it cannot be run now. The key help lists it all the same. */
  enabled?: boolean;
  /** Also while the person is typing in a field. */
  inFields?: boolean;
}

interface Owner {
  read: () => readonly Command[];
  /** Of the shell: after those of the page. */
  shell: boolean;
}

export class CommandRegistry {
  readonly #owners: Owner[] = [];

  add(owner: Owner): () => void {
    this.#owners.push(owner);
    return () => {
      this.#owners.splice(this.#owners.indexOf(owner), 1);
    };
  }

  /** All commands; those of the page before those of the shell, the newest first. */
  all(): Command[] {
    const pages = this.#owners.filter((owner) => !owner.shell);
    const shell = this.#owners.filter((owner) => owner.shell);
    return [...shell, ...pages].toReversed().flatMap((owner) => owner.read());
  }

  /** The commands that can be run now. */
  list(): Command[] {
    return this.all().filter((command) => command.enabled !== false);
  }
}

const RegistryContext = createContext<CommandRegistry | null>(null);

export function useCommandRegistry(): CommandRegistry {
  const registry = use(RegistryContext);
  if (registry === null) throw new Error("useCommandRegistry outside of CommandProvider");
  return registry;
}

/** Offers commands while the component is on screen. A new array on each render is fine. `shell`: on every page. */
export function useCommands(commands: readonly Command[], { shell = false } = {}): void {
  const registry = useCommandRegistry();
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => registry.add({ read: () => latest.current, shell }), [registry, shell]);
}

/** Elements that use the keys themselves. */
const OWN_KEYS =
  "input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable],[role=menu],[role=listbox],[role=dialog]";
/** Elements that Enter and Space press. */
const PRESSED = "button,a[href],summary,input,[role=button]";

export function CommandProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new CommandRegistry(), []);
  useEffect(() => {
    const readSequence = createSequenceReader();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const chord = chordOf(event);
      if (chord === null) return;
      const target = event.target instanceof Element ? event.target : document.body;
      const typing = target.closest(OWN_KEYS) !== null;
      if (!typing && (chord === "enter" || chord === "space") && target.closest(PRESSED) !== null) return;
      const commands = registry.list().filter((command) => !typing || command.inFields === true);
      const known = commands.flatMap((command) => command.keys ?? []);
      const sequence = readSequence(chord, event.timeStamp, known);
      if (sequence === null) return;
      event.preventDefault();
      commands.find((command) => command.keys?.includes(sequence) === true)?.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}
