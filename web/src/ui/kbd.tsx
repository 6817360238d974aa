const isMac = typeof navigator !== "undefined" && /mac|iphone|ipad/iu.test(navigator.userAgent);

const names: Record<string, string> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: "⇧",
  escape: "Esc",
  enter: "↵",
  space: "Space",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  pageup: "Page ↑",
  pagedown: "Page ↓",
  home: "Home",
  end: "End",
};

const show = (key: string): string => names[key] ?? (key.length === 1 ? key.toUpperCase() : key);

/** Keys as they are written in commands: `a`, `mod+k`, `g i`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-0.5 font-sans">
      {keys.split(" ").flatMap((chord, at) =>
        chord.split("+").map((key) => (
          <kbd
            key={`${at} ${key}`}
            className="inline-flex h-[17px] min-w-[17px] items-center justify-center rounded border border-line-strong bg-sunken px-1 font-sans text-[10.5px] leading-none text-muted"
          >
            {show(key)}
          </kbd>
        )),
      )}
    </span>
  );
}
