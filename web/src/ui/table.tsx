import type { ComponentProps } from "react";
import { classNames } from "../lib/class-names.ts";

/** A plain table in the app's density: 36 px rows, sticky head. Numbers go into cells with `numeric`. */
export function Table({ className, ...rest }: ComponentProps<"table">) {
  return <table {...rest} className={classNames("w-full border-collapse text-left", className)} />;
}

export function HeadCell({ numeric = false, className, ...rest }: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames(
        "sticky top-0 z-10 h-8 border-b border-line bg-canvas px-3 text-xs font-medium whitespace-nowrap text-faint first:pl-4 last:pr-4",
        numeric && "text-right",
        className,
      )}
    />
  );
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={classNames("bg-surface hover:bg-hover", className)} />;
}

export function Cell({ numeric = false, className, ...rest }: ComponentProps<"td"> & { numeric?: boolean }) {
  return (
    <td
      {...rest}
      className={classNames(
        "h-9 border-b border-line px-3 first:pl-4 last:pr-4",
        numeric && "text-right whitespace-nowrap",
        className,
      )}
    />
  );
}
