/** How `fixtures generate` makes entries of a list, so that fixtures of any size load. */
export interface GeneratedList {
  /** By list, the number of its entries that `count` entries of this list need. */
  readonly needs?: Readonly<Record<string, (count: number) => number>>;
  /** The maximum number of entries, fixed or by the sizes of other lists. */
  readonly most?: number | ((size: (list: string) => number) => number);
  /** Random fields: `true` uses the section's schema, an object is a narrower schema. */
  readonly fields: Readonly<Record<string, object | true>>;
  /**
   * Adds what no schema describes: identity, references and sums.
   *
   * @param made the random fields
   */
  complete(made: Made, place: GenerationPlace): object;
}

/** The random fields of an entry; each fits its schema. */
export type Made = Readonly<Record<string, unknown>>;

/**
 * The position of an entry. Nothing is stored about other entries, so their number is unlimited: whatever two entries must
 * agree on follows from their indexes.
 */
export interface GenerationPlace {
  readonly index: number;
  /** The number of entries of a list of the section. */
  readonly size: (list: string) => number;
  /** A whole number below `limit`, from the random seed, the name and the index. @param index default: the entry's own */
  readonly draw: (name: string, limit: number, index?: number) => number;
  /** Characters of the alphabet, from the random seed, the name and the index. @param index default: the entry's own */
  readonly text: (name: string, alphabet: string, length: number, index?: number) => string;
}

const GIVEN_NAMES =
  'Ada Benoit Chiyo Dmitri Esra Farid Greta Hana Ibrahim Jonas Kavya Lucia Mateo Nadia Oskar Priya Quentin Rosa Sofia Tariq Una Viktor Wanda Ximena Yusuf Zofia'.split(
    ' ',
  );
const FAMILY_NAMES =
  'Abe Baptiste Cruz Demir Eriksen Fontaine Garcia Haddad Ito Jansen Kowalski Laurent Mensah Novak Okafor Petrov Quispe Rossi Silva Tanaka Ueda Vargas Weber Xu Yilmaz Zhang'.split(
    ' ',
  );
const COMPANIES = 'Lantern Harbor Meadow Orchard Quarry Summit Willow Anchor Beacon Cedar'.split(' ');

export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  /** Unique in the list. */
  readonly email: string;
  /** Unique in the list. */
  readonly handle: string;
}

/** Draws a person. */
export function drawPerson({ index, draw }: GenerationPlace): Person {
  const firstName = pick(GIVEN_NAMES, draw('first name', GIVEN_NAMES.length));
  const lastName = pick(FAMILY_NAMES, draw('last name', FAMILY_NAMES.length));
  const handle = `${firstName}.${lastName}.${index + 1}`.toLowerCase();
  return { firstName, lastName, handle, email: `${handle}@generated.example` };
}

/** The name of a company, app or game, unique in the list. */
export function toCompany(index: number): string {
  return `${pick(COMPANIES, index % COMPANIES.length)} ${index + 1}`;
}

function pick(names: readonly string[], at: number): string {
  return names[at] ?? '';
}

const HEXADECIMAL = '0123456789abcdef';

export function drawHexadecimal({ text }: GenerationPlace, name: string, length: number, index?: number): string {
  return text(name, HEXADECIMAL, length, index);
}

/** Draws a random (version 4) UUID. */
export function drawUuid(place: GenerationPlace, name: string, index?: number): string {
  return drawHexadecimal(place, name, 32, index).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

/** An instant of the year 2025. */
export const pastInstant = {
  type: 'string',
  pattern: '^2025-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.000Z$',
};

/** @param share the number of entries for each entry of another list */
export function oneForEach(share: number): (count: number) => number {
  return (count) => Math.ceil(count / share);
}
