/** A part of `src`, how many mutants are drawn from it, and which tests are nearest to it. */
export interface Wing {
  readonly name: string;
  /** Matches the paths of its files, relative to `src`. */
  readonly files: RegExp;
  readonly count: number;
  /** Folders and files of tests, which run before all others. */
  readonly near: readonly string[];
  /** Whether the nearest tests run the built command. */
  readonly isBuilt?: boolean;
}

const core = (name: string, count: number): Wing => ({
  name: `core/${name}`,
  files: new RegExp(`^core/${name}/`),
  count,
  near: [`test/core/${name}/`],
});

const provider = (name: string, count: number): Wing => ({
  name: `providers/${name}`,
  files: new RegExp(`^providers/${name}/`),
  count,
  near: [`test/providers/${name}/`],
});

export const WINGS: readonly Wing[] = [
  core('values', 3),
  core('wire', 3),
  core('store', 5),
  core('contract', 2),
  core('faults', 3),
  core('provider', 2),
  core('sandbox', 4),
  core('exchange', 3),
  provider('decentraland', 3),
  provider('gamefuse', 3),
  provider('inveterate', 2),
  provider('klaim', 2),
  provider('openmonetize', 3),
  { name: 'fixtures', files: /^fixtures\//, count: 2, near: ['test/fixture', 'test/seeds', 'test/generation'] },
  { name: 'config', files: /^config\//, count: 2, near: ['test/config', 'test/settings', 'test/hosts'] },
  {
    name: 'proof/audit',
    files: /^proof\/audit\//,
    count: 4,
    near: ['test/proof/zoo/', 'test/proof/audit'],
    isBuilt: true,
  },
  { name: 'proof', files: /^proof\/(?!audit\/)/, count: 3, near: ['test/proof/'], isBuilt: true },
  { name: 'http', files: /^http\//, count: 3, near: ['test/http/'] },
  { name: 'control', files: /^control\//, count: 2, near: ['test/control/'], isBuilt: true },
  { name: 'client', files: /^client\//, count: 2, near: ['test/client/'] },
  { name: 'cli', files: /^cli\//, count: 2, near: ['test/cli/'], isBuilt: true },
  { name: 'root', files: /^[^/]+$/, count: 2, near: ['test/library', 'test/exports', 'test/control/emulator'] },
];

/**
 * Files from which no mutant is drawn, because their code is about to be deleted or written again.
 * A mutant in them could not be found again.
 */
export const LEFT_OUT =
  /types\.ts$|^page\/|\/(own-buffer|heap|startup|body-forms|recent-texts|recent|counted|json-place)\.ts$|\/secrets\/|^providers\/\w+\/(.+\/)?(fixture[\w-]*|generation)\.ts$/;
