import { zodResolver } from "@hookform/resolvers/zod";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "../../lib/zod.ts";
import { useApp, useSession } from "../../data/app.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { useSignInWays } from "./sign-in-ways.ts";
import { explainAuthError, explainRefusal } from "./sign-in-words.ts";

const schema = z.object({
  email: z.email("Enter an email address, such as you@example.com."),
  password: z.string().min(1, "Enter your password."),
});
type Credentials = z.infer<typeof schema>;

export function SignInPage() {
  const app = useApp();
  const session = useSession();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
  const [mode, setMode] = useState<"in" | "up">("in");
  const [problem, setProblem] = useState<string | null>(() =>
    app.signInRefusal === null ? null : explainRefusal(app.signInRefusal),
  );
  const [notice, setNotice] = useState<ReactNode>(null);
  const [sending, setSending] = useState(false);
  const ways = useSignInWays();
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
      if (error !== null) setProblem(explainAuthError(error));
      return;
    }
    if (credentials.password.length < 8) {
      form.setError("password", { message: "Use at least eight characters." });
      return;
    }
    const { data, error } = await app.db.auth.signUp(credentials);
    if (error !== null) setProblem(explainAuthError(error));
    else if (data.session === null) setNotice(<Sent to={credentials.email}>It confirms your address.</Sent>);
  };

  const back = `${location.origin}/sign-in${next === undefined ? "" : `?next=${encodeURIComponent(next)}`}`;

  const sendLink = async (): Promise<void> => {
    setProblem(null);
    setNotice(null);
    form.clearErrors();
    if (!(await form.trigger("email", { shouldFocus: true }))) return;
    const email = form.getValues("email");
    setSending(true);
    const { error } = await app.db.auth.signInWithOtp({
      email,
      options: { emailRedirectTo: back, shouldCreateUser: mode === "up" },
    });
    setSending(false);
    if (error === null) setNotice(<Sent to={email}>It signs you in, once.</Sent>);
    else setProblem(explainAuthError(error));
  };

  const goToGithub = async (): Promise<void> => {
    setProblem(null);
    const { error } = await app.db.auth.signInWithOAuth({ provider: "github", options: { redirectTo: back } });
    if (error !== null) setProblem(explainAuthError(error));
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
        <Button busy={sending} onClick={() => void sendLink()}>
          Email me a link instead
        </Button>
        {ways.github && <Button onClick={() => void goToGithub()}>Continue with GitHub</Button>}
      </form>
      {(ways.signUp || mode === "up") && (
        <p className="mt-4 text-muted">
          {mode === "in" ? "No account yet? " : "You have an account? "}
          <button
            type="button"
            className="font-medium text-accent-strong underline-offset-2 hover:underline"
            onClick={() => {
              setMode(mode === "in" ? "up" : "in");
              setProblem(null);
              setNotice(null);
              form.clearErrors();
            }}
          >
            {mode === "in" ? "Create one" : "Sign in"}
          </button>
        </p>
      )}
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

/** Where to look for the link; where no mail is sent, where it is instead. */
function Sent({ to, children }: { to: string; children: string }) {
  const { config } = useApp();
  return config.embedded ? (
    <>
      No mail leaves this machine: the link to {to} is in the{" "}
      <a
        href={`${config.supabase_url}/outbox`}
        target="_blank"
        rel="noreferrer"
        className="font-medium text-accent-strong underline underline-offset-2"
      >
        outbox
      </a>
      . {children}
    </>
  ) : (
    <>
      A link is on its way to {to}. {children}
    </>
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
