/** From keyboard events to the keys that commands name. */

export interface KeyPress {
  key: string;
  metaKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** `a`, `?`, `shift+x`, `mod+k`, `escape`; null for a modifier alone or a key with Alt. */
export function chordOf(event: KeyPress): string | null {
  if (event.altKey || ["Shift", "Control", "Meta", "Alt", "Dead", "AltGraph"].includes(event.key)) return null;
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const mod = event.metaKey || event.ctrlKey ? "mod+" : "";
  // The shift that makes `?` or `*` is part of the character; with letters and named keys it is its own.
  const shift = event.shiftKey && (key.length > 1 || key !== key.toUpperCase()) ? "shift+" : "";
  return `${mod}${shift}${key}`;
}

/** Milliseconds within which the second key of `g i` must follow. */
const SEQUENCE_TIME = 1200;

/**
 * Reads chords one by one: answers the chord or `first second` that is known, or null. A chord that begins a known
 * sequence is kept for the next one.
 */
export function createSequenceReader(): (chord: string, at: number, known: readonly string[]) => string | null {
  let pending: { chord: string; at: number } | null = null;
  return (chord, at, known) => {
    const first = pending !== null && at - pending.at < SEQUENCE_TIME ? pending.chord : null;
    pending = null;
    if (first !== null && known.includes(`${first} ${chord}`)) return `${first} ${chord}`;
    if (known.some((keys) => keys.startsWith(`${chord} `))) {
      pending = { chord, at };
      return null;
    }
    return known.includes(chord) ? chord : null;
  };
}
