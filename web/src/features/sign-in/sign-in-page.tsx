import { zodResolver } from "@hookform/resolvers/zod";
import type { AuthError } from "@supabase/supabase-js";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "../../lib/zod.ts";
import { useApp, useSession } from "../../data/app.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";

const schema = z.object({
  email: z.email("Enter an email address, such as you@example.com."),
  password: z.string().min(1, "Enter your password."),
});
type Credentials = z.infer<typeof schema>;

/** What went wrong, for people: the service's own words are not shown. */
function explain(error: AuthError): string {
  if (error.status === undefined || error.status === 0 || error.status >= 500) {
    return "The sign-in service cannot be reached. Try again in a moment.";
  }
  switch (error.code) {
    case "invalid_credentials":
    case "invalid_grant":
      return "This email and password do not belong together.";
    case "user_already_exists":
    case "email_exists":
      return "There is an account with this email already. Sign in instead.";
    case "weak_password":
      return "This password is too weak. Use at least eight characters.";
    case "email_not_confirmed":
      return "Confirm your email address first: the link is in your mailbox.";
    case "over_request_rate_limit":
      return "Too many attempts. Wait a minute, then try again.";
    case "signup_disabled":
      return "New accounts are not open here. Ask whoever runs Billhook.";
    default:
      return error.status === 400 ? "This email and password do not belong together." : "This did not work. Try again.";
  }
}

export function SignInPage() {
  const app = useApp();
  const session = useSession();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
  const [mode, setMode] = useState<"in" | "up">("in");
  const [problem, setProblem] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const form = useForm<Credentials>({
    resolver: zodResolver(schema),
    defaultValues: { email: "", password: "" },
  });
  const { demo } = app.config;

  useEffect(() => {
    document.title = "Sign in · Billhook";
  }, []);
  useEffect(() => {
    if (session !== null) void navigate({ href: next ?? "/inbox", replace: true });
  }, [session, next, navigate]);

  const enter = async (credentials: Credentials): Promise<void> => {
    setProblem(null);
    setNotice(null);
    if (mode === "in") {
      const { error } = await app.db.auth.signInWithPassword(credentials);
      if (error !== null) setProblem(explain(error));
      return;
    }
    if (credentials.password.length < 8) {
      form.setError("password", { message: "Use at least eight characters." });
      return;
    }
    const { data, error } = await app.db.auth.signUp(credentials);
    if (error !== null) setProblem(explain(error));
    else if (data.session === null)
      setNotice("We have sent you a link. Open it to confirm your address, then sign in.");
  };

  const { errors, isSubmitting } = form.formState;
  return (
    <Frame>
      <h1 className="text-xl font-semibold">{mode === "in" ? "Sign in" : "Create an account"}</h1>
      <form className="mt-4 flex flex-col gap-3" noValidate onSubmit={form.handleSubmit(enter)}>
        <Field label="Email" error={errors.email?.message}>
          <TextInput type="email" autoComplete="email" autoFocus {...form.register("email")} />
        </Field>
        <Field label="Password" error={errors.password?.message}>
          <TextInput
            type="password"
            autoComplete={mode === "in" ? "current-password" : "new-password"}
            {...form.register("password")}
          />
        </Field>
        {problem !== null && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
        {notice !== null && <p role="status">{notice}</p>}
        <Button type="submit" variant="primary" busy={isSubmitting} className="mt-1">
          {mode === "in" ? "Sign in" : "Create the account"}
        </Button>
      </form>
      <p className="mt-4 text-muted">
        {mode === "in" ? "No account yet? " : "You have an account? "}
        <button
          type="button"
          className="font-medium text-accent-strong underline-offset-2 hover:underline"
          onClick={() => {
            setMode(mode === "in" ? "up" : "in");
            setProblem(null);
            form.clearErrors();
          }}
        >
          {mode === "in" ? "Create one" : "Sign in"}
        </button>
      </p>
      {app.config.embedded && demo !== null && (
        <div className="mt-6 rounded-lg border border-line bg-canvas p-3">
          <h2 className="font-semibold">Demo account</h2>
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 text-sm">
            <dt className="text-muted">Email</dt>
            <dd className="font-mono select-all">{demo.email}</dd>
            <dt className="text-muted">Password</dt>
            <dd className="font-mono select-all">{demo.password}</dd>
          </dl>
          <Button
            className="mt-2.5 w-full"
            disabled={isSubmitting}
            onClick={() => {
              setMode("in");
              form.reset(demo);
              void form.handleSubmit(enter)();
            }}
          >
            Use the demo account
          </Button>
        </div>
      )}
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-full flex-col items-center bg-surface px-4 py-[10vh]">
      <div className="w-full max-w-80">
        <p className="mb-8 flex items-center gap-2 text-lg font-semibold">
          <img src="/favicon.svg" alt="" width={24} height={24} /> Billhook
        </p>
        {children}
      </div>
    </main>
  );
}
