import { acceptInvitation } from "@billhook/database/members";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useApp } from "../../data/app.tsx";
import { Button } from "../../ui/button.tsx";

/** Where the link of an invitation leads: whoever is signed in with the invited address joins the workspace. */
export function JoinPage() {
  const app = useApp();
  const { token } = useParams({ from: "/join/$token" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const email = app.session.current()?.user.email;
  useEffect(() => {
    document.title = "Invitation · Billhook";
  }, []);
  const join = async (): Promise<void> => {
    setBusy(true);
    const joined = await acceptInvitation(app.db, token);
    if (joined.ok) {
      localStorage.setItem("billhook.workspace", joined.value);
      // Anew, as everything that was read is of other workspaces.
      location.assign("/inbox");
      return;
    }
    setBusy(false);
    setProblem(
      joined.error.code === "not_found"
        ? "This invitation was taken back, or the link is not complete. Ask for another one."
        : joined.error.message,
    );
  };
  const leave = async (): Promise<void> => {
    await app.session.signOut();
    location.assign(`/sign-in?next=${encodeURIComponent(`/join/${token}`)}`);
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-4">
      <h1 className="text-xl font-semibold">You are invited to a workspace</h1>
      <p className="text-muted">You are signed in as {email}.</p>
      {problem !== null && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" busy={busy} onClick={() => void join()}>
          Join the workspace
        </Button>
        <Button onClick={() => void leave()}>Use another account</Button>
      </div>
    </main>
  );
}
