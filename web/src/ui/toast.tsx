import { lazyPart } from "../lib/lazy-part.tsx";

/** Where toasts appear; placed once, in the shell. */
export const Toaster = lazyPart(async () => (await import("./toast-list.tsx")).ToastList);

export interface ToastAction {
  label: string;
  run: () => void;
}

const options = (action?: ToastAction, description?: string, id?: string) => ({
  ...(id === undefined ? {} : { id }),
  ...(description === undefined ? {} : { description }),
  ...(action === undefined ? {} : { action: { label: action.label, onClick: action.run } }),
});

/** Says what was done; `action` is usually Undo. A toast with the `id` of one on screen takes its place. */
export async function notify(message: string, action?: ToastAction, description?: string, id?: string): Promise<void> {
  const { toast } = await import("sonner");
  toast(message, options(action, description, id));
}

/** Says what went wrong; stays longer. With `leave`, the name of a button that closes it, until somebody has answered. */
export async function notifyError(
  message: string,
  action?: ToastAction,
  description?: string,
  leave?: string,
): Promise<void> {
  const { toast } = await import("sonner");
  toast.error(message, {
    ...options(action, description),
    ...(leave === undefined
      ? { duration: 8000 }
      : { duration: Number.POSITIVE_INFINITY, cancel: { label: leave, onClick: () => undefined } }),
  });
}

/** Takes a toast away that is no longer true; without an `id` all of them. The same `id` is not for a later one: it goes too. */
export async function dismissToast(id?: string): Promise<void> {
  const { toast } = await import("sonner");
  toast.dismiss(id);
}
