/**
 * The models that words can be had from, and what they cost. Prices are Anthropic's list prices of 21 November 2026
 * (platform.claude.com/docs, "Models overview"), for prompts of up to 100,000 tokens; a request here stays far below.
 */

export interface Model {
  id: string;
  name: string;
  /** Millionths of a US dollar for a million tokens. */
  inputPrice: number;
  outputPrice: number;
}

export const models = [
  { id: "claude-haiku-5-5", name: "Claude Haiku 5.5", inputPrice: 100_000, outputPrice: 500_000 },
  { id: "claude-haiku-4-5", name: "Claude Haiku 4.5", inputPrice: 1_000_000, outputPrice: 5_000_000 },
  { id: "claude-sonnet-5-5", name: "Claude Sonnet 5.5", inputPrice: 2_000_000, outputPrice: 10_000_000 },
] as const satisfies readonly Model[];

const defaultModel: Model = models[0];

/** The default for one that is not offered any more. */
export const findModel = (id: string): Model => models.find((model) => model.id === id) ?? defaultModel;

/** Millionths of a US dollar, rounded up. */
export function priceOf(model: Model, tokens: { input: number; output: number }): number {
  return Math.ceil((tokens.input * model.inputPrice + tokens.output * model.outputPrice) / 1_000_000);
}
