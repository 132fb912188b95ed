import { isOfShape, type Difference, type DifferenceKind } from './difference.ts';
import type { Showing } from './showing.ts';

/** Maximum differences that are listed, for one response and in total. */
export const MOST_LISTED = 1000;

/** The part of a response that differs. */
interface Spot {
  readonly where: string;
  /** The name of the field or header, which may be secret. */
  readonly name: string;
  readonly isSecret: boolean;
}

type Sides = Pick<Difference, 'ours' | 'theirs'>;

/** Collects the differences between two responses, up to a limit and with short values, however large they are. */
export class Findings {
  readonly #listed: Difference[] = [];
  readonly #showing: Showing;
  #count = 0;
  #isDiffering = false;

  constructor(showing: Showing) {
    this.#showing = showing;
  }

  get listed(): readonly Difference[] {
    return this.#listed;
  }

  /** The number of all differences, listed or not. */
  get count(): number {
    return this.#count;
  }

  /** Whether the service behaves differently, beyond having other data. */
  get isDiffering(): boolean {
    return this.#isDiffering;
  }

  /** @param toSides called only for listed differences, because it may render a whole body */
  add({ where, name, isSecret }: Spot, kind: DifferenceKind, toSides: () => Sides): void {
    this.#count += 1;
    this.#isDiffering ||= isOfShape(kind);
    if (this.#listed.length >= MOST_LISTED) return;
    const { ours, theirs } = toSides();
    this.#listed.push({
      ...{ where, kind },
      ...(ours !== undefined && { ours: this.#showing.value(name, ours, isSecret) }),
      ...(theirs !== undefined && { theirs: this.#showing.value(name, theirs, isSecret) }),
    });
  }
}
