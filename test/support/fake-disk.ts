/* eslint-disable @typescript-eslint/require-await -- It stands in for a disk, whose calls all take time. */
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';

import type { Files, FoundFile, OpenFile } from '../../src/core/store/disk/files.ts';

/** The power has gone, or a test had the disk fail. */
export class Gone extends Error {}

/** What a file holds; a name in a folder may come and go, and be durable or not, apart from that. */
interface Content {
  now: Buffer;
  durable: Buffer;
}

/** How much of what was not synced a power cut leaves. */
export type Rest = 'nothing' | 'all' | 'half' | 'zeros' | 'all but the first bytes';

/** A sync that waits. */
export interface HeldSync {
  /** Resolves when it was asked for. */
  readonly reached: Promise<void>;
  readonly letGo: () => void;
  readonly fail: () => void;
}

/**
 * A disk in memory that knows what of it would survive a power cut: bytes that were synced, and names of folders that
 * were. It has one folder, whatever that is called. Each call that changes something is a point at which the power may go.
 */
export class FakeDisk implements Files {
  readonly points: string[] = [];
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  readonly #identities = new WeakMap<Content, string>();
  #files = 0;
  /** Calls on files that had been closed: the system may have given their descriptors to others. */
  readonly misuses: string[] = [];
  /** Called before each point, which waits for it; what it throws is the call's error. */
  onPoint: (name: string, number: number) => void | Promise<void> = () => undefined;
  #held: (() => Promise<void>) | undefined;

  /** Has the next sync wait until it is let go, or fails. */
  holdSync(): HeldSync {
    let [letGo, fail, reach] = [(): void => undefined, (): void => undefined, (): void => undefined];
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const held = new Promise<void>((resolve, reject) => {
      letGo = resolve;
      fail = () => {
        reject(new Error('EIO: sync'));
      };
    });
    this.#held = () => {
      this.#held = undefined;
      reach();
      return held;
    };
    return { reached, letGo, fail };
  }

  /** What is there after the power has gone: only what was durable, and some of the rest. */
  afterPowerCut(rest: Rest): FakeDisk {
    const disk = new FakeDisk();
    // Names may have been written without being asked for; the order among them is kept.
    const names = rest === 'all' ? this.#names : this.#durableNames;
    for (const [name, { now, durable }] of names) {
      const left = toLeft(now, durable, rest);
      const content = { now: left, durable: left };
      disk.#names.set(name, content);
      disk.#durableNames.set(name, content);
    }
    return disk;
  }

  async open(path: string, how: 'read' | 'write' | 'create'): Promise<OpenFile> {
    let content = this.#names.get(basename(path));
    if (how === 'create') {
      await this.#point(`create ${basename(path)}`);
      content = { now: Buffer.alloc(0), durable: Buffer.alloc(0) };
      this.#names.set(basename(path), content);
    }
    if (!content) throw Object.assign(new Error(`ENOENT: ${basename(path)}`), { code: 'ENOENT' });
    return this.#toFile(path, content);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#point(`rename ${basename(from)} to ${basename(to)}`);
    const content = this.#names.get(basename(from));
    if (!content) throw Object.assign(new Error(`ENOENT: ${basename(from)}`), { code: 'ENOENT' });
    this.#names.delete(basename(from));
    this.#names.set(basename(to), content);
  }

  async remove(path: string): Promise<void> {
    await this.#point(`remove ${basename(path)}`);
    this.#names.delete(basename(path));
  }

  /** Also a real one: the lock is on the real disk. */
  async makeFolder(path: string): Promise<void> {
    mkdirSync(path, { recursive: true });
  }

  async syncFolder(): Promise<void> {
    await this.#point('sync the folder');
    this.#durableNames = new Map(this.#names);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#names.keys()];
  }

  async find(path: string): Promise<FoundFile | undefined> {
    await this.#point(`find ${basename(path)}`);
    const content = this.#names.get(basename(path));
    return content && this.#toFound(content);
  }

  /** The bytes of a file as they are now. */
  read(path: string): Buffer {
    return this.#names.get(basename(path))?.now ?? Buffer.alloc(0);
  }

  /** Has a file hold other bytes. */
  write(path: string, bytes: Buffer): void {
    const content = { now: bytes, durable: bytes };
    this.#names.set(basename(path), content);
    this.#durableNames.set(basename(path), content);
  }

  /** All files go, as they do with a folder that is removed. */
  clear(): void {
    this.#names.clear();
    this.#durableNames.clear();
  }

  #toFound(content: Content): FoundFile {
    const identity = this.#identities.get(content) ?? String((this.#files += 1));
    this.#identities.set(content, identity);
    return { identity, size: content.now.length };
  }

  async #point(name: string): Promise<void> {
    this.points.push(name);
    await this.onPoint(name, this.points.length);
  }

  #toFile(path: string, content: Content): OpenFile {
    // As it is called by now.
    const toName = (): string => [...this.#names].find(([, one]) => one === content)?.[0] ?? basename(path);
    let isClosed = false;
    const call = (name: string): Promise<void> => {
      if (isClosed) this.misuses.push(name);
      return this.#point(`${name} ${toName()}`);
    };
    return {
      read: async (bytes, offset) => {
        if (isClosed) this.misuses.push('read');
        return content.now.copy(bytes, 0, offset, offset + bytes.length);
      },
      write: async (bytes, offset) => {
        if (bytes.length === 0) return;
        await call('write');
        const now = Buffer.alloc(Math.max(content.now.length, offset + bytes.length));
        content.now.copy(now);
        bytes.copy(now, offset);
        content.now = now;
      },
      truncate: async (length) => {
        await call('truncate');
        content.now = Buffer.concat([content.now.subarray(0, length)], length);
      },
      sync: async () => {
        await call('sync');
        const { now } = content;
        await this.#held?.();
        content.durable = now;
      },
      found: this.#toFound(content),
      close: async () => {
        isClosed = true;
      },
    };
  }
}

function toLeft(now: Buffer, durable: Buffer, rest: Rest): Buffer {
  if (rest === 'nothing') return durable;
  if (rest === 'all') return now;
  // Bytes before the first that differs are durable; of those behind some may be there.
  let same = 0;
  while (same < now.length && same < durable.length && now[same] === durable[same]) same += 1;
  if (rest === 'zeros') return Buffer.concat([now.subarray(0, same), Buffer.alloc(Math.max(now.length - same, 0))]);
  if (rest === 'all but the first bytes') {
    const hole = Math.min(17, now.length - same);
    return Buffer.concat([now.subarray(0, same), Buffer.alloc(hole), now.subarray(same + hole)]);
  }
  return now.subarray(0, same + Math.floor((now.length - same) / 2));
}
