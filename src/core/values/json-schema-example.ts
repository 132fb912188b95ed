/** Makes a value that fits a schema; the same seed gives the same value. */
export type MakeExample = (schema: object, seed: number) => unknown;

/** Loads the generator on first use, because most runs generate nothing. */
export async function loadExamples(): Promise<MakeExample> {
  const { generateSync } = await import('json-schema-faker');
  return (schema, seed) => generateSync({ ...schema }, { seed });
}
