import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { onTestFinished } from 'vitest';

import { startCommand, type Command } from './command.ts';
import { createFolder } from './folder.ts';
import { findFreePort } from './ports.ts';

/** Why a test of the fleet is passed over; `undefined` where nginx is there. */
export const NO_NGINX = spawnSync('nginx', ['-v']).error ? 'no nginx here: apt-get install nginx-light' : undefined;

/** The ports that deploy/nginx.conf listens on. */
const LISTENED = [4620, 4621, 4622, 4623, 4624, 4625, 4630] as const;
export type Listened = (typeof LISTENED)[number];

const PLACE = { shared: 4620, gamefuse: 4621, klaim: 4622, decentraland: 4623, openmonetize: 4625 } as const;

/** An emulator of a fleet, over its lives. */
export class Member {
  readonly port: number;
  readonly #data: string;
  #command: Command | undefined;

  constructor(port: number) {
    this.port = port;
    this.#data = createFolder();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#command?.child.pid ?? 0;
  }

  async start(): Promise<void> {
    const words = ['--no-provider-ports', '--trust-proxy', '--data', this.#data, '--durability', 'os', '--json'];
    this.#command = startCommand(['start', '--port', String(this.port), ...words]);
    await this.#command.printed('"msg":"ready"');
  }

  async kill(): Promise<void> {
    this.#command?.child.kill('SIGKILL');
    await this.#command?.ended;
  }
}

/** Emulators behind nginx, which has the configuration that is shipped, on other ports. */
export class Fleet {
  readonly members: readonly Member[];
  readonly #base: number;
  readonly #folder = createFolder();
  #nginx: ChildProcess | undefined;

  private constructor(members: readonly Member[], base: number) {
    this.members = members;
    this.#base = base;
  }

  static async start(size: number): Promise<Fleet> {
    const own = Array.from({ length: size }, (_, place) => 11 + place);
    const base = await findFreePort(1, 2, 3, 4, 5, 10, ...own);
    const members = own.map((distance) => new Member(base + distance));
    const fleet = new Fleet(members, base);
    await Promise.all(members.map((member) => member.start()));
    onTestFinished(() => fleet.#stop());
    await fleet.spreadOver(members);
    return fleet;
  }

  /** @param place of a provider, or the shared one */
  url(place: keyof typeof PLACE = 'shared', host = '127.0.0.1'): string {
    return `http://${host}:${this.portOf(PLACE[place])}`;
  }

  portOf(listened: Listened): number {
    return this.#base + listened - LISTENED[0];
  }

  /** The ids of what does the work of nginx. */
  get proxies(): readonly number[] {
    const pid = String(this.#nginx?.pid);
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    } catch {
      return [];
    }
  }

  /** Has nginx know these, in the place of all that it knew. */
  async spreadOver(members: readonly Member[], hidesControl = 'default 0;'): Promise<void> {
    await this.#stop();
    const shipped = (name: string): string => readFileSync(join('deploy', name), 'utf8');
    const ports = LISTENED.reduce(
      (text, port) => text.replaceAll(RegExp(`\\b${port}\\b`, 'g'), String(this.portOf(port))),
      shipped('nginx.conf').replaceAll('/tmp/', `${this.#folder}/`),
    );
    const servers = members.map(({ port }) => `server 127.0.0.1:${port} max_fails=0;`).join('\n');
    const known = shipped('emulators.conf')
      .replace(/( *server .*\n)+/, `${servers}\n`)
      .replace('default 0;', hidesControl);
    writeFileSync(join(this.#folder, 'nginx.conf'), ports);
    writeFileSync(join(this.#folder, 'emulators.conf'), known);
    const words = ['-p', this.#folder, '-c', join(this.#folder, 'nginx.conf'), '-g', 'daemon off;'];
    const child = spawn('nginx', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    this.#nginx = child;
    while (!(await isOpen(this.portOf(4630)))) {
      if (child.exitCode !== null) throw new Error(`nginx did not start: ${said}`);
      await sleep(20);
    }
  }

  async #stop(): Promise<void> {
    const child = this.#nginx;
    this.#nginx = undefined;
    if (child?.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}
