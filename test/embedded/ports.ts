import { createServer } from "node:net";

/** The three addresses of a stack: the Worker, Supabase beside it, then the Stripe stand-in. */
export type Ports = { app: number; supabase: number; stripe: number };

/**
 * The ports that follow the first one, or free ones for 0. A taken port is reported before anything is started, because
 * a stack that came up halfway would be harder to understand than one that did not.
 */
export async function choosePorts(first: number): Promise<Ports> {
  const [app, supabase, stripe] =
    first === 0
      ? await Promise.all([probe(0), probe(0), probe(0)])
      : await Promise.all([probeWithPatience(first), probeWithPatience(first + 1), probeWithPatience(first + 2)]);
  return { app, supabase, stripe };
}

/** The workerd of a stack that was killed needs a moment to go. */
async function probeWithPatience(port: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await probe(port);
    } catch (error) {
      if (attempt === 15) throw new Error(`Port ${port} is taken. Choose others with --port.`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("The system gave no port."));
      });
    });
  });
}
