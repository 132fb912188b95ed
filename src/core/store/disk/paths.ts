import { join } from 'node:path';

/** The files of a data folder. */
export interface Paths {
  readonly folder: string;
  readonly document: string;
  readonly log: string;
  /** The document and the log while they are written, before they replace the current ones. */
  readonly newDocument: string;
  readonly newLog: string;
  /** The log of the previous owner, from the moment when this owner has taken it. */
  readonly takenLog: string;
}

/** @param owner differs for each owner of the folder, so that none replaces a file with one that another writes */
export function toPaths(folder: string, owner: string): Paths {
  const [document, log] = [join(folder, 'emulator.json'), join(folder, 'emulator.log')];
  return {
    folder,
    document,
    log,
    newDocument: `${document}.${owner}.new`,
    newLog: `${log}.${owner}.new`,
    takenLog: `${log}.${owner}.taken`,
  };
}

/** Whether a file of the folder was being written by an owner that has gone. */
export function isUnfinished(name: string): boolean {
  return /^emulator\.(json|log)\..+\.new$/.test(name);
}

/** Whether a file of the folder is a log that was to replace another one. */
export function isNewLog(name: string): boolean {
  return /^emulator\.log\..+\.new$/.test(name);
}

/** Whether a file of the folder is a log that an owner had taken. */
export function isTakenLog(name: string): boolean {
  return /^emulator\.log\..+\.taken$/.test(name);
}
