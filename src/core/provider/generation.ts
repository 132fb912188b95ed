/** What a provider says of entries that are made up, so that fixtures of any size load: `fixtures generate`. */
export interface GeneratedList {
  /** How many entries of other lists of the section there have to be for so many of these. */
  readonly needs?: Readonly<Record<string, (count: number) => number>>;
  /** How many there may be, as it is or by the sizes of other lists. */
  readonly most?: number | ((size: (list: string) => number) => number);
  /** What chance chooses: as the section's schema says it where this is `true`, else by this narrower schema. */
  readonly fields: Readonly<Record<string, object | true>>;
  /**
   * Adds what no schema says: who one is, to whom it belongs, and what sums come to.
   *
   * @param made by `fields`
   */
  complete(made: Made, place: GenerationPlace): object;
}

/** The fields that chance has chosen; each fits its schema. */
export type Made = Readonly<Record<string, unknown>>;

/**
 * Where an entry stands. Nothing is remembered of the others, so that there may be any number of them: what two entries
 * have to agree on is made of their indexes.
 */
export interface GenerationPlace {
  readonly index: number;
  /** How many entries a list of the section gets. */
  readonly size: (list: string) => number;
  /** A whole number below `limit`, by the random seed, the name and the index only. @param index the entry's own if left out */
  readonly draw: (name: string, limit: number, index?: number) => number;
  /** Characters of the alphabet, by the random seed, the name and the index only. @param index the entry's own if left out */
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
  /** Nobody else's of the list. */
  readonly email: string;
  /** Nobody else's of the list. */
  readonly handle: string;
}

/** Somebody with a name. */
export function drawPerson({ index, draw }: GenerationPlace): Person {
  const firstName = pick(GIVEN_NAMES, draw('first name', GIVEN_NAMES.length));
  const lastName = pick(FAMILY_NAMES, draw('last name', FAMILY_NAMES.length));
  const handle = `${firstName}.${lastName}.${index + 1}`.toLowerCase();
  return { firstName, lastName, handle, email: `${handle}@generated.example` };
}

/** The name of a company, an app or a game; nobody else's of the list. */
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

/** As chance makes them, which is version 4. */
export function drawUuid(place: GenerationPlace, name: string, index?: number): string {
  return drawHexadecimal(place, name, 32, index).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

/** An instant of the year 2025. */
export const pastInstant = {
  type: 'string',
  pattern: '^2025-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.000Z$',
};

/** @param share how many entries one entry of another list is there for */
export function oneForEach(share: number): (count: number) => number {
  return (count) => Math.ceil(count / share);
}
