import { type ComponentType, type ReactNode, useEffect, useState } from "react";

export interface LazyPart<Props> {
  (props: Props & { fallback?: ReactNode }): ReactNode;
  /** Fetches the code ahead of its use. Failing is no harm: it is fetched when it is needed. */
  preload: () => void;
}

/**
 * A part of a page whose code comes when it is first shown, or is fetched ahead. Unlike React's `lazy`, code that could
 * not be fetched (offline, or replaced by a newer version) leaves the fallback in place and is asked for again next
 * time, instead of taking the page down.
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  const code: { loaded: ComponentType<Props> | null } = { loaded: null };
  const fetchCode = async (): Promise<ComponentType<Props> | null> => {
    try {
      code.loaded ??= await load();
    } catch {
      return null;
    }
    return code.loaded;
  };
  function Part({ fallback = null, ...props }: Props & { fallback?: ReactNode }): ReactNode {
    const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(() => code.loaded);
    useEffect(() => {
      if (Loaded !== null) return;
      let shown = true;
      void fetchCode().then((component) => {
        if (shown && component !== null) setLoaded(() => component);
      });
      return () => {
        shown = false;
      };
    }, [Loaded]);
    return Loaded === null ? fallback : <Loaded {...(props as unknown as Props)} />;
  }
  Part.preload = (): void => void fetchCode();
  return Part;
}

/** Runs when the page has nothing better to do; answers how to call it off. */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(run, 1500);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: 4000 });
  return () => cancelIdleCallback(handle);
}
