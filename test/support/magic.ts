/** The magic subjects of the default fixtures, in their order: the name, the fault, and how their ids end. */
const MAGIC = [
  ['fault-401', 'status=401', '401'],
  ['fault-404', 'status=404', '404'],
  ['fault-409', 'status=409', '409'],
  ['fault-500', 'status=500', '500'],
  ['fault-500-after', 'status=500; phase=after', '501'],
  ['fault-slow', 'delay=1500', '600'],
  ['fault-reset', 'connection=reset', '601'],
] as const;

export type MagicName = (typeof MAGIC)[number][0];

export interface MagicSubject {
  readonly name: MagicName;
  readonly fault: string;
  /** As the provider's calls have it. */
  readonly subject: string;
}

const IDS: Readonly<Record<string, (name: MagicName, ending: string) => string>> = {
  decentraland: (_, ending) => `0xfa017${'0'.repeat(32)}${ending}`,
  gamefuse: (_, ending) => `900${ending}`,
  inveterate: (_, ending) => `9000000000${ending}`,
  klaim: (name) => name,
  openmonetize: (_, ending) => `660e8400-e29b-41d4-a716-446655440${ending}`,
};

/** Those of one provider. */
export function listMagic(provider: string): readonly MagicSubject[] {
  const toId = IDS[provider];
  if (!toId) throw new Error(`It is not known which magic subjects ${provider} has.`);
  return MAGIC.map(([name, fault, ending]) => ({ name, fault, subject: toId(name, ending) }));
}

/** A state whose subjects are all ordinary ones. */
export function withoutMagic(state: object): object {
  const { emulator, ...sections } = state as { readonly emulator?: object };
  const plain = JSON.stringify(sections, (key, value: unknown) => (key === 'fault' ? undefined : value));
  return { ...(JSON.parse(plain) as object), ...(emulator && { emulator }) };
}
