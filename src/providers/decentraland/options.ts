import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  format: {
    kind: 'oneOf',
    values: ['document', 'wire'],
    default: 'document',
    describe: 'The format of credits: of the published document, or the one that real clients read.',
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
    describe: 'Believe signed requests (ADR-44), or check that the wallet in the request has signed them.',
  },
  signatureWindow: {
    kind: 'duration',
    // FIDELITY: the value of sibling services; the shared library's own is a minute.
    default: 300_000,
    describe: 'Real time for which a signed request is valid if signatures are checked.',
  },
  oracleRate: {
    kind: 'integer',
    // FIDELITY: the value of a real response (shop client).
    default: 27_000_000,
    minimum: 1,
    describe: 'Dollars for one MANA, times 10 to the 8th. Converts credits of dollars to MANA.',
  },
  authorizationLife: {
    kind: 'duration',
    // ASSUMED: some minutes.
    default: 600_000,
    describe: 'Time for which credits of dollars are held for a purchase, on the clock of the sandbox.',
  },
  dev: {
    kind: 'boolean',
    // ASSUMED: tests use a development server.
    default: true,
    describe: 'Serve the operations of a development server: /dev/mint-usd and /dev/mint-credit.',
  },
} as const satisfies OptionDefinitions;
