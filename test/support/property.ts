/** How often a property is tried: a few times in `npm test`, at full length in `npm run test:full`. */
export function propertyRuns(quick: number): number {
  return Number(process.env['PROPERTY_RUNS'] ?? quick);
}
