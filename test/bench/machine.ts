import { canPin } from './processes.ts';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

const GIBIBYTE = 2 ** 30;

/** What the figures depend on, for whoever compares them with their own. */
export function describeMachine(loadGenerator: string): string {
  const cores = cpus();
  return [
    `CPU: ${cores[0]?.model.trim() ?? 'unknown'}, ${cores.length} cores`,
    `Memory: ${(totalmem() / GIBIBYTE).toFixed(1)} GiB`,
    `System: ${type()} ${release()}, load ${(loadavg()[0] ?? 0).toFixed(2)} before the run`,
    `Node: ${process.version}`,
    `Load: ${loadGenerator}${canPin ? ', servers and load on a core each' : ''}`,
  ].join('\n');
}
