import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../data/app.tsx";

interface SignInWays {
  /** People may make accounts themselves. */
  signUp: boolean;
  github: boolean;
}

/** Until the service has said more, what every installation has. */
const usual: SignInWays = { signUp: true, github: false };

/** What the sign-in service has been set up for: nothing else is offered. */
export function useSignInWays(): SignInWays {
  const { config } = useApp();
  const { data } = useQuery({
    queryKey: ["sign-in-ways"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<SignInWays> => {
      const response = await fetch(`${config.supabase_url}/auth/v1/settings`, {
        headers: { apikey: config.publishable_key },
        signal,
      });
      if (!response.ok) throw new Error(`The sign-in service answered ${response.status}.`);
      return readWays(await response.json());
    },
  });
  return data ?? usual;
}

function readWays(settings: unknown): SignInWays {
  if (typeof settings !== "object" || settings === null) return usual;
  const { external, disable_signup } = settings as { external?: unknown; disable_signup?: unknown };
  const github = typeof external === "object" && external !== null && "github" in external && external.github === true;
  return { signUp: disable_signup !== true, github };
}
