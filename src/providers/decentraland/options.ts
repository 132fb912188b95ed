import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  format: {
    kind: 'oneOf',
    values: ['document', 'wire'],
    default: 'document',
    describe: 'Which form credits have: that of the published document, or the one that real clients read.',
  },
  heartbeat: {
    kind: 'duration',
    default: 15_000,
    describe: 'Real time between the comments that keep a stream open.',
  },
  signatures: {
    kind: 'oneOf',
    values: ['off', 'check'],
    default: 'off',
    describe: 'Whether signed requests (ADR-44) are believed, or have to be signed by the wallet that they are about.',
  },
  signatureWindow: {
    kind: 'duration',
    // FIDELITY: as sibling services have it; the shared library's own is a minute.
    default: 300_000,
    describe: 'Real time for which a signed request is good, where signatures are checked.',
  },
  oracleRate: {
    kind: 'integer',
    // FIDELITY: as a real answer had it (shop client).
    default: 27_000_000,
    minimum: 1,
    describe: 'Dollars for one MANA, times 10 to the 8th, by which credits of dollars are worth MANA.',
  },
  authorizationLife: {
    kind: 'duration',
    // ASSUMED: some minutes.
    default: 600_000,
    describe: 'How long credits of dollars are held for a purchase, on the clock of the sandbox.',
  },
  dev: {
    kind: 'boolean',
    // ASSUMED: who tests has a server for development.
    default: true,
    describe: 'Whether the calls of a server for development are there: /dev/mint-usd and /dev/mint-credit.',
  },
} as const satisfies OptionDefinitions;
