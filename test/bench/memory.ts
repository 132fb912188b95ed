import { readFileSync } from 'node:fs';

const PAGE = 4096;
const KILOBYTE = 1024;

/** Kilobytes that a process holds. */
export function readMemory(pid: number): number {
  const [, resident = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(resident) * PAGE) / KILOBYTE;
}
