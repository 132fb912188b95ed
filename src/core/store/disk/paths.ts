import { join } from 'node:path';

/** The files of a data folder. */
export interface Paths {
  readonly folder: string;
  readonly document: string;
  readonly log: string;
  readonly snapshots: string;
}

export function toPaths(folder: string): Paths {
  return {
    folder,
    document: join(folder, 'emulator.json'),
    log: join(folder, 'emulator.log'),
    snapshots: join(folder, 'snapshots'),
  };
}

/** A file under its new name, before it takes the place of the old one. */
export function toBeside(path: string): string {
  return `${path}.new`;
}
