import { describe, expect, it, onTestFinished } from 'vitest';

import type { LoggedEvent } from '../../../src/core/sandbox/event-log.ts';
import type { Sandbox } from '../../../src/core/sandbox/sandbox.ts';
import type { OpenFile } from '../../../src/core/store/disk/files.ts';
import type { Logger } from '../../../src/core/values/logger.ts';
import { FakeDisk } from '../../support/fake-disk.ts';
import { createFolder } from '../../support/folder.ts';
import { Till } from '../../support/till.ts';

/** A disk that says only when it is let go on that what it was given is durable. */
class HeldDisk extends FakeDisk {
  #held: Promise<void> | undefined;
  #letGo = (): void => undefined;

  hold(): void {
    this.#held = new Promise((resolve) => (this.#letGo = resolve));
  }

  letGo(): void {
    this.#held = undefined;
    this.#letGo();
  }

  override async open(...given: Parameters<FakeDisk['open']>): Promise<OpenFile> {
    const file = await super.open(...given);
    const sync = async (): Promise<void> => {
      await this.#held;
      await file.sync();
    };
    return Object.assign(Object.create(file) as OpenFile, { sync });
  }
}

async function open(): Promise<{ readonly till: Till; readonly disk: HeldDisk; readonly told: readonly string[] }> {
  const disk = new HeldDisk();
  const till = await Till.open({ folder: createFolder(), files: disk, logger: quiet });
  onTestFinished(() => till.close());
  return { till, disk, told: listen(till.get()) };
}

const quiet: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** What one is told who listens from now on, in short. */
function listen(sandbox: Sandbox): readonly string[] {
  const { events } = sandbox;
  const told: string[] = [];
  let last = events.position;
  const wake = (): void => {
    if (last < events.forgotten) {
      told.push(`gap ${last + 1} ${events.forgotten}`);
      last = events.forgotten;
    }
    while (last < events.position) told.push(`${(last += 1)} ${toWord(events.at(last))}`);
  };
  events.listen({ wake, end: () => told.push('end') });
  return told;
}

function toWord(event: LoggedEvent | undefined): string {
  if (!event) return 'nothing';
  if (!('cause' in event)) return 'kind' in event ? event.kind : 'request';
  const { cause, changes } = event;
  return cause.kind === 'replace' ? cause.how : `${cause.kind} ${changes.map(({ key }) => key).join(' ')}`.trim();
}

const FAULT = { kind: 'fault', request: 'default-1', provider: 'till', operation: undefined } as const;

function reportFault({ events, clock }: Sandbox): void {
  events.report({ ...FAULT, at: clock.now(), fault: { name: 'lost', phase: 'before', written: { status: 500 } } });
}

describe('what happens in a sandbox whose state is kept on disk', () => {
  it('is told once it is durable, and what came behind it not before', async () => {
    const { till, disk, told } = await open();
    disk.hold();
    const one = till.add('default', 'a', 1);
    reportFault(till.get());
    const other = till.add('default', 'b', 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    disk.letGo();
    await Promise.all([one, other]);
    expect(told).toEqual(['2 request a', '3 fault', '4 request b']);
  });

  it('is told over a reset that came before it was durable', async () => {
    const { till, disk, told } = await open();
    disk.hold();
    const one = till.add('default', 'a', 1);
    till.get().reset();
    disk.letGo();
    await one;
    await till.get().persistence.pending;
    expect(told).toEqual(['2 request a', '3 reset']);
  });

  it('is never told where it was taken back, and takes no place', async () => {
    const { till, disk, told } = await open();
    disk.onPoint = () => {
      throw new Error('The disk is full.');
    };
    expect(await till.add('default', 'a', 1)).toBe(false);
    till.get().reset();
    await till.get().persistence.pending;
    disk.onPoint = () => undefined;
    await expect.poll(() => till.add('default', 'b', 1)).toBe(true);
    expect([told, till.get().events.position]).toEqual([['2 start', '3 request b'], 3]);
  });
});
