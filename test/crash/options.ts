import { parseArgs } from 'node:util';

export const DURABILITIES = ['fsync', 'os'] as const;
export type Durability = (typeof DURABILITIES)[number];

export interface Options {
  readonly rounds: number;
  readonly clients: number;
  readonly durabilities: readonly Durability[];
  readonly seed: string;
  /** Cuts connections instead of killing, and keeps everything in memory: what then fails is no matter of the disk. */
  readonly isCalm: boolean;
}

/** @throws for what is no option, no number or no durability */
export function parseOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: 'string', default: environment['CRASH_ROUNDS'] ?? '200' },
      clients: { type: 'string', default: '32' },
      durability: { type: 'string', multiple: true, default: [...DURABILITIES] },
      seed: { type: 'string', default: environment['CRASH_SEED'] ?? Date.now().toString(36) },
      calm: { type: 'boolean', default: false },
    },
  });
  return {
    rounds: parseCount('rounds', values.rounds),
    clients: parseCount('clients', values.clients),
    durabilities: values.calm ? ['os'] : values.durability.map(parseDurability),
    seed: values.seed,
    isCalm: values.calm,
  };
}

function parseCount(name: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1 to 99999, got "${text}".`);
}

function parseDurability(text: string): Durability {
  const found = DURABILITIES.find((one) => one === text);
  if (found === undefined) throw new Error(`--durability must be one of ${DURABILITIES.join(', ')}, got "${text}".`);
  return found;
}
