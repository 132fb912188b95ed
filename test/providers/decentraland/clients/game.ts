import type { Session } from './session.ts';

/** As the game's parser has it, which makes 0 of a number that is none. */
interface Progress {
  readonly user: { readonly hasStartedProgram: boolean };
  readonly credits: { readonly available: number; readonly expiresIn: number; readonly isBlockedForClaiming: boolean };
  readonly goals: readonly {
    readonly title: string;
    readonly progress: { readonly totalSteps: number; readonly completedSteps: number };
    readonly reward: number;
    readonly isClaimed: boolean;
  }[];
}

interface Claim {
  readonly ok: boolean;
  readonly credits_granted: number;
  readonly isBlockedForClaiming: boolean;
}

/** The game's panel of credits (the Unity client). */
export class GameClient {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readProgress(): Promise<Progress> {
    const { status, json } = await this.#session.ask(`/users/${this.#session.wallet.address}/progress`);
    if (status !== 200) throw new Error(`The progress is answered ${status}.`);
    return json as Progress;
  }

  /** Its body is typed JSON and empty. */
  async start(): Promise<boolean> {
    const headers = { 'content-type': 'application/json' };
    return (await this.#session.ask('/users', { method: 'POST', headers })).status === 200;
  }

  /** Whether it shows the button, and how much of the bars of the goals is full. */
  async look(): Promise<{ readonly canClaim: boolean; readonly bars: readonly number[]; readonly state: string }> {
    const { json } = await this.#session.ask('/seasons');
    const { currentSeason } = json as {
      readonly currentSeason: { readonly season: { readonly state: string } } | null;
    };
    const { goals, credits } = await this.readProgress();
    const bars = goals.map(({ progress }) => progress.completedSteps / progress.totalSteps);
    const isDue = goals.some(({ isClaimed }, index) => !isClaimed && bars[index] === 1);
    return { canClaim: isDue && !credits.isBlockedForClaiming, bars, state: currentSeason?.season.state ?? 'ENDED' };
  }

  /** The bytes of a picture; whatever else comes is a picture that did not load. */
  async loadCaptcha(): Promise<Buffer> {
    const { status, bytes } = await this.#session.ask('/captcha');
    const isPng = bytes.subarray(1, 4).toString() === 'PNG';
    if (status !== 200 || !isPng) throw new Error(`The captcha did not load: ${status}.`);
    return bytes;
  }

  async claim(x: number): Promise<Claim> {
    const { status, json } = await this.#session.ask('/captcha', { method: 'POST', body: { x } });
    if (status !== 200) throw new Error(`The claim did not load: ${status}.`);
    return json as Claim;
  }
}
