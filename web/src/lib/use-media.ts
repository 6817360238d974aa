import { useCallback, useSyncExternalStore } from "react";

/** Whether the media query holds now. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** Below 768 px: one column, bottom bar. */
export const usePhone = (): boolean => useMedia("(max-width: 767.98px)");
