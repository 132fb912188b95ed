/** Parts of the JSON Schemas of fixtures and controls. */

export const address = { type: 'string', pattern: '^0x[a-fA-F0-9]{40}$' };
export const mana = { type: 'string', description: 'MANA in decimal notation, in quotes: "12.5".' };
export const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID.',
};
