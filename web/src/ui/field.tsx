import { type ComponentProps, type ReactNode, cloneElement, isValidElement, useId } from "react";
import { classNames } from "../lib/class-names.ts";

const control =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink placeholder:text-faint " +
  "aria-invalid:border-danger disabled:bg-sunken disabled:text-muted max-md:text-[16px]";

export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={classNames(control, "h-8 max-md:h-10", className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={3} {...rest} className={classNames(control, "py-1.5", className)} />;
}

/** The platform's own list: it works with every keyboard, screen reader and phone. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select {...rest} className={classNames(control, "h-8 max-md:h-10", className)} />;
}

/** A label, its control (the only child), and either what to know about it or what is wrong with it. */
export function Field(props: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const notes = props.error !== undefined || props.hint !== undefined ? `${id}-notes` : undefined;
  const child = isValidElement<Record<string, unknown>>(props.children)
    ? cloneElement(props.children, {
        id,
        "aria-describedby": notes,
        "aria-invalid": props.error === undefined ? undefined : true,
      })
    : props.children;
  return (
    <div className={classNames("flex flex-col gap-1", props.className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {props.label}
      </label>
      {child}
      {props.error !== undefined ? (
        <p id={notes} role="alert" className="text-sm text-danger">
          {props.error}
        </p>
      ) : (
        props.hint !== undefined && (
          <p id={notes} className="text-sm text-faint">
            {props.hint}
          </p>
        )
      )}
    </div>
  );
}

export function Checkbox({
  className,
  indeterminate = false,
  ...rest
}: Omit<ComponentProps<"input">, "type"> & { indeterminate?: boolean }) {
  return (
    <input
      {...rest}
      type="checkbox"
      ref={(element) => {
        if (element !== null) element.indeterminate = indeterminate;
      }}
      className={classNames("size-3.5 shrink-0 cursor-pointer accent-accent", className)}
    />
  );
}
