import { type ReactElement, cloneElement, useEffect, useState } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";
import type { Tip } from "./tooltip-bubble.tsx";

export const TooltipBubble = lazyPart(async () => (await import("./tooltip-bubble.tsx")).TooltipBubble);

type Side = Tip["side"];

/**
 * Words on hover and focus of the only child, an element. Never the only place where something important is said: the
 * child carries its own accessible name. It only marks the child; one bubble serves the whole page, so that thousands of
 * rows cost nothing.
 */
export function Tooltip(props: { label: string; shortcut?: string; side?: Side; children: ReactElement }) {
  return cloneElement(props.children as ReactElement<Record<string, unknown>>, {
    "data-tip": props.label,
    "data-tip-keys": props.shortcut,
    "data-tip-side": props.side,
  });
}

const sides: readonly Side[] = ["top", "right", "bottom", "left"];

function readTip(target: EventTarget | null): Tip | null {
  const anchor = target instanceof Element ? target.closest("[data-tip]") : null;
  const label = anchor?.getAttribute("data-tip") ?? "";
  // What has opened something says no more about itself.
  if (anchor === null || label === "" || anchor.getAttribute("aria-expanded") === "true") return null;
  return {
    anchor,
    label,
    shortcut: anchor.getAttribute("data-tip-keys"),
    side: sides.find((side) => side === anchor.getAttribute("data-tip-side")) ?? "bottom",
  };
}

const DELAY = 350;

/** Shows the tip of what is under the pointer or has the keyboard's focus. Placed once, around the app. */
export function TooltipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    const hide = (): void => {
      clearTimeout(timer);
      current = null;
      setTip(null);
    };
    const show = (event: Event, delay: number): void => {
      const next = readTip(event.target);
      if (next?.anchor === current) return;
      hide();
      if (next === null) return;
      current = next.anchor;
      timer = setTimeout(() => {
        if (next.anchor.isConnected) setTip(next);
      }, delay);
    };
    const over = (event: PointerEvent): void => {
      if (event.pointerType === "mouse") show(event, DELAY);
    };
    const focus = (event: FocusEvent): void => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) show(event, 0);
    };
    const keydown = (event: KeyboardEvent): void => {
      if (event.key !== "Tab") hide();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("focusin", focus);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", keydown);
    document.addEventListener("scroll", hide, true);
    return () => {
      hide();
      document.removeEventListener("pointerover", over);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("focusin", focus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("keydown", keydown);
      document.removeEventListener("scroll", hide, true);
    };
  }, []);
  return tip !== null && <TooltipBubble tip={tip} />;
}
