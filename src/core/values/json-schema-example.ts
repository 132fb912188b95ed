/** What fits a schema, the same for the same number. */
export type MakeExample = (schema: object, seed: number) => unknown;

/** Loaded when something is made up, because most runs make nothing up. */
export async function loadExamples(): Promise<MakeExample> {
  const { generateSync } = await import('json-schema-faker');
  return (schema, seed) => generateSync({ ...schema }, { seed });
}
