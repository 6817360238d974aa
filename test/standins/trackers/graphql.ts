/** Answers a GraphQL request of a stand-in by a schema: what the schema does not know is an error, as at the real one. */
import { graphql, type GraphQLSchema } from "graphql";
import type { StandinContext } from "../service/server.ts";

export async function answerGraphql(
  c: StandinContext,
  schema: GraphQLSchema,
  rootValue: unknown,
  refusedWith: 200 | 400,
): Promise<Response> {
  const { query, variables } = await c.req.json<{ query: string; variables?: Record<string, unknown> }>();
  const result = await graphql({ schema, source: query, rootValue, variableValues: variables ?? {} });
  // A document that the schema refuses has no data; one that failed while it was carried out has null.
  return c.json(result, "data" in result ? 200 : refusedWith);
}
