import type { ContractOperation } from '../../core/contract/contract.ts';
import { align } from './alignment.ts';
import type { DifferenceKind } from './difference.ts';
import type { Findings } from './findings.ts';
import type { Identities } from './identities.ts';
import { isList, isObject, Numeral, toKind, toPlain, type Json } from './json.ts';
import { findVariation, toField, toItem, type ValueLocation } from './value-location.ts';
import type { Showing } from './showing.ts';

export interface BodyTerms {
  readonly operation: Pick<ContractOperation, 'audit'>;
  readonly identities: Identities;
  /** Texts of the request that the response repeats. */
  readonly named: ReadonlySet<string>;
  /** Whether fields of that name are secret; each service has its own values then. */
  readonly isSecret: (name: string) => boolean;
  readonly showing: Showing;
}

/** The shortest text that counts as repeated from the request: a `1` may mean anything. */
const SHORTEST_NAMED = 3;

/** Compares two bodies field by field, and learns which ids correspond. */
export class BodyComparison {
  readonly #terms: BodyTerms;
  readonly #findings: Findings;

  /** @param findings collects the differences */
  constructor(terms: BodyTerms, findings: Findings) {
    this.#terms = terms;
    this.#findings = findings;
  }

  compare(ours: Json, theirs: Json, place: ValueLocation): void {
    const [kind, other] = [toKind(ours), toKind(theirs)];
    if (kind !== other) {
      this.#add(place, kind === 'null' || other === 'null' ? 'null' : 'type', ours, theirs);
    } else if (isList(ours) && isList(theirs)) this.#compareLists(ours, theirs, place);
    else if (isObject(ours) && isObject(theirs)) this.#compareObjects(ours, theirs, place);
    else this.#compareScalars(ours, theirs, place);
  }

  #compareObjects(
    ours: Readonly<Record<string, Json>>,
    theirs: Readonly<Record<string, Json>>,
    place: ValueLocation,
  ): void {
    for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const field = this.#toField(place, name);
      const [own, other] = [get(ours, name), get(theirs, name)];
      if (own !== undefined && other !== undefined) this.compare(own, other, field);
      else this.#add(field, other === undefined ? 'missing' : 'extra', own, other);
    }
  }

  #compareLists(ours: readonly Json[], theirs: readonly Json[], place: ValueLocation): void {
    const item = toItem(place, 0);
    const { pairs, missing, extra, isReordered } = align(
      ours.map((one) => this.#maskOurs(one, item)),
      theirs.map((one) => this.#maskTheirs(one, item)),
    );
    if (isReordered) {
      const [own, other] = [pairs.map(([index]) => index), pairs.map(([, index]) => index)];
      this.#findings.add(this.#toSpot(place), 'order', () => ({
        ours: own.slice(0, SHOWN),
        theirs: other.slice(0, SHOWN),
      }));
    }
    for (const [own, other] of pairs) this.compare(ours[own] ?? null, theirs[other] ?? null, toItem(place, own));
    for (const index of missing) this.#add(toItem(place, index), 'missing', ours[index], undefined);
    for (const index of extra) this.#add(toItem(place, index), 'extra', undefined, theirs[index]);
  }

  #compareScalars(ours: Json, theirs: Json, place: ValueLocation): void {
    const [own, other] = [toText(ours), toText(theirs)];
    if (own === other && this.#vary(place) !== 'id') return;
    switch (this.#vary(place)) {
      case 'id':
        if (!this.#isSame(own, other, place)) this.#add(place, 'id', ours, theirs);
        return;
      case 'instant':
        if (toForm(ours) !== toForm(theirs)) this.#add(place, 'format', ours, theirs);
        return;
      case 'measure':
      case 'token':
        return;
      case 'no':
      case undefined:
        this.#add(place, isSameNumber(ours, theirs) ? 'format' : 'value', ours, theirs);
    }
  }

  #vary(place: ValueLocation): ReturnType<typeof findVariation> {
    return place.isSecret ? 'token' : findVariation(place, this.#terms.operation);
  }

  #isSame(ours: string, theirs: string, place: ValueLocation): boolean {
    const { named, identities } = this.#terms;
    if (ours !== theirs && ours.length >= SHORTEST_NAMED && named.has(ours)) return false;
    return identities.pair(ours, theirs, place);
  }

  /** A text that equals the other side's if only values differ that may differ. */
  #maskOurs(value: Json, place: ValueLocation): string {
    return this.#mask(value, place, (id, at) => this.#terms.identities.find(id, at));
  }

  #maskTheirs(value: Json, place: ValueLocation): string {
    return this.#mask(value, place, (id, at) => (this.#terms.identities.isKnown(id, at) ? id : undefined));
  }

  #mask(value: Json, place: ValueLocation, findId: (id: string, place: ValueLocation) => string | undefined): string {
    if (isList(value)) {
      const item = toItem(place, 0);
      return `[${value.map((one) => this.#mask(one, item, findId)).join()}]`;
    }
    if (isObject(value)) {
      const names = Object.keys(value).sort();
      const fields = names.map((name) => {
        return `${JSON.stringify(name)}:${this.#mask(value[name] ?? null, this.#toField(place, name), findId)}`;
      });
      return `{${fields.join()}}`;
    }
    const variation = value === null ? undefined : this.#vary(place);
    if (variation === undefined || variation === 'no') return `${toKind(value)} ${JSON.stringify(toText(value))}`;
    const known = variation === 'id' ? findId(toText(value), place) : undefined;
    return known === undefined ? `<${variation}>` : `<id ${JSON.stringify(known)}>`;
  }

  #add(place: ValueLocation, kind: DifferenceKind, ours: Json | undefined, theirs: Json | undefined): void {
    this.#findings.add(this.#toSpot(place), kind, () => ({
      ...(ours !== undefined && { ours: toPlain(ours) }),
      ...(theirs !== undefined && { theirs: toPlain(theirs) }),
    }));
  }

  #toField(place: ValueLocation, name: string): ValueLocation {
    return toField(place, name, this.#terms.isSecret(name));
  }

  #toSpot({ pointer, name, isSecret }: ValueLocation): Parameters<Findings['add']>[0] {
    return { where: `body${this.#terms.showing.words(pointer)}`, name, isSecret };
  }
}

/** Maximum positions listed for items in another order. */
const SHOWN = 20;

function get(object: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Renders a value that is neither a list nor an object. */
function toText(value: Json): string {
  if (value instanceof Numeral) return value.text;
  return typeof value === 'object' ? 'null' : String(value);
}

function isSameNumber(ours: Json, theirs: Json): boolean {
  return ours instanceof Numeral && theirs instanceof Numeral && ours.value === theirs.value;
}

/** The notation of an instant: seconds or milliseconds, with a time zone or without. */
function toForm(value: Json): string {
  const text = toText(value);
  const digits = /^-?\d+$/.test(text) ? Math.round(text.replace('-', '').length / 3) : undefined;
  return digits === undefined ? text.replaceAll(/\d/g, '9') : `${digits}`;
}
