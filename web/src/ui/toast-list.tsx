import { Toaster as Sonner } from "sonner";

export function ToastList() {
  return (
    <Sonner
      position="bottom-right"
      offset={{ bottom: 68, right: 16 }}
      mobileOffset={{ bottom: "calc(72px + env(safe-area-inset-bottom))" }}
      visibleToasts={3}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-lg border border-line bg-raised px-3.5 py-2.5 text-base text-ink shadow-pop font-sans",
          title: "font-medium",
          description: "text-muted text-sm",
          content: "flex-1 min-w-0",
          icon: "hidden",
          actionButton:
            "shrink-0 rounded-md border border-line-strong px-2 h-7 text-sm font-medium text-accent-strong hover:bg-hover",
          cancelButton: "shrink-0 rounded-md px-2 h-7 text-sm text-muted hover:bg-hover",
          closeButton: "hidden",
        },
      }}
    />
  );
}
