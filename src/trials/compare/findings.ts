import { isOfShape, type Difference, type DifferenceKind } from './difference.ts';
import type { Showing } from './showing.ts';

/** Differences that are listed, of one answer and of all. */
export const MOST_LISTED = 1000;

/** Where something differs. */
interface Spot {
  readonly where: string;
  /** Of the field or header, which may be one that is secret. */
  readonly name: string;
  readonly isSecret: boolean;
}

type Sides = Pick<Difference, 'ours' | 'theirs'>;

/** What differs between two answers: as much as can be listed of it, cut short, however much an answer holds. */
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

  /** Of all, those that are not listed too. */
  get count(): number {
    return this.#count;
  }

  /** Whether the service answers otherwise, and does not only hold other data. */
  get isDiffering(): boolean {
    return this.#isDiffering;
  }

  /** @param toSides asked for what is listed only: it may be a whole body */
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
