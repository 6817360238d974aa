/** Stands between the Worker and its database, and takes the database away: wholly, or for some requests. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What a request meets at the gate. `hang` takes it and never answers, as a host behind a broken network does. */
export type Passage = "open" | "refuse" | "hang";

export interface Gate {
  /** To be given to the Worker as SUPABASE_URL. */
  url: string;
  /** Where requests go when they pass. */
  target: string;
  /** Decides for each request by its path; changed by a test. */
  passage: (path: string) => Passage;
  close(): Promise<void>;
}

export async function openGate(): Promise<Gate> {
  const sockets = new Set<Duplex>();
  const gate: Gate = { url: "", target: "", passage: () => "open", close: () => Promise.resolve() };
  const server = createServer((incoming, outgoing) => {
    const passage = gate.passage(incoming.url ?? "/");
    if (passage === "hang") return;
    if (passage === "refuse") {
      incoming.socket.destroy();
      return;
    }
    const onward = request(
      new URL(incoming.url ?? "/", gate.target),
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(gate.target).host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gate.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return gate;
}
