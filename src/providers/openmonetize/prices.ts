/** Credits for a million tokens; 1000 credits are one US dollar. */
interface TokenPrice {
  readonly input: bigint;
  readonly output: bigint;
}

const price = (input: number, output: number): TokenPrice => ({ input: BigInt(input), output: BigInt(output) });

/** FIDELITY: as the real server's database is seeded (real server). */
const TOKENS: Readonly<Record<string, Readonly<Record<string, TokenPrice>>>> = {
  OPENAI: {
    'gpt-5': price(1250, 10_000),
    o3: price(2000, 8000),
    'o1-pro': price(75_000, 300_000),
    o1: price(15_000, 60_000),
    'o1-preview': price(15_000, 60_000),
    'gpt-4o': price(2500, 10_000),
    'o4-mini': price(1100, 4400),
    'gpt-4o-mini': price(150, 600),
  },
  ANTHROPIC: {
    'claude-4.1-opus': price(15_000, 75_000),
    'claude-4.5-sonnet': price(3000, 15_000),
    'claude-4.5-haiku': price(1000, 5000),
  },
  GOOGLE: {
    'gemini-3.0-pro': price(2000, 12_000),
    'gemini-3.0-flash': price(200, 800),
    'gemini-2.5-pro': price(1250, 10_000),
    'gemini-2.5-flash-lite': price(100, 400),
  },
  COHERE: { 'command-r-plus': price(2500, 10_000) },
  MISTRAL: { 'mistral-large': price(4000, 12_000) },
};

/** FIDELITY: for a model that is not in the table (real server). */
const OTHER = price(2500, 10_000);
const OTHER_O1 = price(15_000, 60_000);

/** FIDELITY: 0.04 USD (real server). */
export const CREDITS_PER_IMAGE = 40n;
/** FIDELITY: of an event of type CUSTOM (real server). */
export const CREDITS_PER_UNIT = 10;

export function getTokenPrice(provider: string, model: string): TokenPrice {
  const models = Object.hasOwn(TOKENS, provider) ? TOKENS[provider] : undefined;
  const known = models && Object.hasOwn(models, model) ? models[model] : undefined;
  return known ?? (model.includes('o1') ? OTHER_O1 : OTHER);
}
