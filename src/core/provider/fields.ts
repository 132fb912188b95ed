import { renderInstant, type Instant } from '../values/clock.ts';
import { toAmount, type Amount } from '../values/decimal.ts';
import * as schemas from '../values/json-schema.ts';
import type { FixturePath } from './fixture.ts';
import { parseNumericAmount, type Loading } from './loading.ts';
import { faultField, parseFault } from './magic-subject.ts';

/**
 * The fields of the entries of a list in a fixture, by their names in the file. The JSON Schema, the types of entry and
 * record, loading and dumping follow from them. A field `app_id` is `appId` in the record, or what `as` names it.
 *
 * ```ts
 * const cardFields = {
 *   code: text<CardCode>(),
 *   shop_name: text().as('shop'),
 *   cents: integer({ minimum: 0 }).or(0),
 *   issued: instant(),
 *   note: text().orNull().describe('Printed on the card.'),
 * };
 * interface Card extends RecordOf<typeof cardFields> { readonly place: number }
 * ```
 */
export type Fields = Readonly<Record<string, Field<unknown, unknown, unknown, string>>>;

interface FieldParts {
  readonly schema: object;
  readonly required: boolean;
  /** Turns what is written into the value. Left out if both are the same. */
  readonly parse?: ((written: never, at: FixturePath, loading: Loading<unknown>) => unknown) | undefined;
  /** Reverses `parse`. */
  readonly dump?: ((value: never) => unknown) | undefined;
  /** Gives the value of a field that is left out. */
  readonly missing?: (loading: Loading<unknown>) => unknown;
  /** The name in the record, if it does not follow from that in the file. */
  readonly name?: string;
  /** The value that a dump leaves out. */
  readonly hidden?: unknown;
}

/**
 * One field. Its methods return another field each.
 *
 * `Value` is the type in the record, `Written` that in the file, `Loaded` what `load` gets.
 */
export class Field<Value, Written = Value, Loaded = Value, Name extends string = never> {
  /** For the compiler only. */
  declare readonly types: {
    readonly value: Value;
    readonly written: Written;
    readonly loaded: Loaded;
    readonly name: Name;
  };
  readonly parts: FieldParts;

  constructor(parts: FieldParts) {
    this.parts = parts;
  }

  parse(written: Written, at: FixturePath, loading: Loading<unknown>): Loaded {
    // What needs no parsing is of the same type.
    return (this.parts.parse ? this.parts.parse(written as never, at, loading) : written) as Loaded;
  }

  dump(value: Value): Written {
    return (this.parts.dump ? this.parts.dump(value as never) : value) as Written;
  }

  /** Names it otherwise in the record. */
  as<N extends string>(name: N): Field<Value, Written, Loaded, N> {
    return new Field({ ...this.parts, name });
  }

  describe(description: string): Field<Value, Written, Loaded, Name> {
    return this.with({ description });
  }

  /** Adds keywords to the JSON Schema. */
  with(keywords: object): Field<Value, Written, Loaded, Name> {
    return new Field({ ...this.parts, schema: { ...this.parts.schema, ...keywords } });
  }

  /** Must be written, such as an instant that would otherwise be the start of the seed. */
  required(): Field<Value, Exclude<Written, undefined>, Loaded, Name> {
    return new Field({ ...this.parts, required: true });
  }

  /** May be missing in the file and in the record. */
  optional(): Field<Value | undefined, Written | undefined, Loaded | undefined, Name> {
    return new Field({ ...this.parts, required: false, missing: () => undefined });
  }

  /** May be missing in the file only: `load` makes it up. */
  derived(): Field<Value, Written | undefined, Loaded | undefined, Name> {
    return new Field({ ...this.parts, required: false, missing: () => undefined });
  }

  /** Is this value if it is left out. */
  or(value: Loaded): Field<Value, Written | undefined, Loaded, Name> {
    return new Field({ ...this.parts, required: false, missing: () => value });
  }

  /** May be null, and is null if it is left out. */
  orNull(): Field<Value | null, Written | null | undefined, Loaded | null, Name> {
    const { schema, parse, dump } = this.parts;
    return new Field({
      ...this.parts,
      schema: schemas.orNull(schema),
      required: false,
      parse:
        parse && ((written: unknown, at, loading) => (written === null ? null : parse(written as never, at, loading))),
      dump: dump && ((value: unknown) => (value === null ? null : dump(value as never))),
      missing: () => null,
    });
  }

  /** Is left out of dumps if it is this value, which has to be the one that it is if it is left out. */
  hiddenIf(value: Value): Field<Value, Written, Loaded, Name> {
    return new Field({ ...this.parts, hidden: value });
  }
}

type Camel<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;
type NameOf<F extends Fields, N extends keyof F & string> = [F[N]['types']['name']] extends [never]
  ? Camel<N>
  : F[N]['types']['name'];
/** One object type, so that editors and errors show its fields. */
type Flat<T> = { readonly [N in keyof T]: T[N] };

/** What a record has of these fields. */
export type RecordOf<F extends Fields> = Flat<
  {
    readonly [
      N in keyof F & string as undefined extends F[N]['types']['value'] ? never : NameOf<F, N>
    ]: F[N]['types']['value'];
  } & {
    readonly [
      N in keyof F & string as undefined extends F[N]['types']['value'] ? NameOf<F, N> : never
    ]?: F[N]['types']['value'];
  }
>;

/** What `load` gets of an entry, by the names in the record. */
export type LoadedOf<F extends Fields> = {
  readonly [N in keyof F & string as NameOf<F, N>]: F[N]['types']['loaded'];
};

/** An entry as the file has it. */
export type EntryOf<F extends Fields> = Flat<
  {
    readonly [N in keyof F as undefined extends F[N]['types']['written'] ? never : N]: F[N]['types']['written'];
  } & {
    readonly [N in keyof F as undefined extends F[N]['types']['written'] ? N : never]?: F[N]['types']['written'];
  }
>;

/** Fields as the properties of an object: for a list of them, and for a control that takes the same ones. */
export function toFieldsSchema(fields: Fields): object {
  const all = Object.entries(fields).map(([name, { parts }]) => ({ ...parts, name }));
  const required = all.filter((one) => one.required).map(({ name }) => name);
  return schemas.toObjectSchema(required, Object.fromEntries(all.map(({ name, schema }) => [name, schema])));
}

interface Custom<Value, Written> {
  readonly schema: object;
  parse?(written: Written, at: FixturePath, loading: Loading<unknown>): Value;
  dump?(value: Value): Written;
}

/** A field of another kind. `parse` may throw a `FixtureMistake`; without it, the value is what is written. */
export function field<Value, Written = Value>(parts: Custom<Value, Written>): Field<Value, Written> {
  return new Field({ required: true, ...parts });
}

/** Text that is not empty, or that fits other keywords: `text({ pattern: '^[0-9]+$' })`. */
export function text<T extends string = string>(keywords: object = { minLength: 1 }): Field<T, string> {
  return new Field({ required: true, schema: { type: 'string', ...keywords } });
}

export function anyText(): Field<string> {
  return text({});
}

/** A key of a client, to which `~sandbox` can be added. */
export function credential(): Field<string> {
  return field({ schema: schemas.credential });
}

export function oneOf<T extends string>(...values: readonly T[]): Field<T> {
  return field({ schema: { enum: values } });
}

export function flag(): Field<boolean> {
  return field({ schema: { type: 'boolean' } });
}

export function integer<T extends number = number>(keywords: object = {}): Field<T, number> {
  return new Field({ required: true, schema: { type: 'integer', ...keywords } });
}

/** RFC 3339 or relative to the clock, "now-P30D". The start of the seed if left out. */
export function instant(schema: object = schemas.instant): Field<Instant, string | number | undefined, Instant> {
  return new Field({
    schema,
    required: false,
    parse: (written: string | number, at, loading) => loading.parseInstant(written, at),
    dump: renderInstant,
    missing: ({ context }) => context.start,
  });
}

export function amount(schema: object = schemas.amount): Field<Amount, number | string> {
  return field<Amount, number | string>({ schema, parse: (written) => toAmount(written) });
}

/** An amount that a service shows as a JSON number. */
export function numericAmount(schema: object = schemas.amount): Field<Amount, number | string> {
  return field<Amount, number | string>({ schema, parse: parseNumericAmount });
}

/** A fault that every call about the record meets, which makes it a magic subject. @param provider whose codes it may name */
export function fault(provider: {
  readonly id: string;
  readonly codes: object;
}): Field<string | undefined, string | undefined> {
  const parse = (written: string, at: FixturePath): string => parseFault(written, at, provider);
  return field({ schema: faultField, parse }).optional();
}

/** An object with these fields. */
export function object<F extends Fields>(fields: F): Field<RecordOf<F>, EntryOf<F>, LoadedOf<F>> {
  const all = Object.entries(fields).map(([name, { parts }]) => {
    const { parse, dump, missing, hidden } = parts;
    return { name, as: parts.name ?? toCamel(name), parse, dump, missing, hidden };
  });
  return new Field({
    schema: toFieldsSchema(fields),
    required: true,
    parse(entry: Readonly<Record<string, unknown>>, at, loading) {
      const values: Record<string, unknown> = {};
      for (const { name, as, parse, missing } of all) {
        const written = entry[name];
        if (written === undefined) values[as] = missing?.(loading);
        else values[as] = parse ? parse(written as never, [...at, name], loading) : written;
      }
      return values;
    },
    dump(record: Readonly<Record<string, unknown>>) {
      const entry: Record<string, unknown> = {};
      for (const { name, as, dump, hidden } of all) {
        const value = record[as];
        if (value !== undefined && value !== hidden) entry[name] = dump ? dump(value as never) : value;
      }
      return entry;
    },
  });
}

function toCamel(name: string): string {
  return name.replaceAll(/_(.)/g, (_, first: string) => first.toUpperCase());
}

/** A list of such values. */
export function listOf<V, W, L>({ parts }: Field<V, W, L>): Field<readonly V[], readonly W[], readonly L[]> {
  const { schema, parse, dump } = parts;
  return new Field({
    schema: { type: 'array', items: schema },
    required: true,
    parse:
      parse && ((all: readonly never[], at, loading) => all.map((one, index) => parse(one, [...at, index], loading))),
    dump: dump && ((all: readonly never[]) => all.map((one) => dump(one))),
  });
}

/** A list of objects with these fields. */
export function list<F extends Fields>(
  fields: F,
): Field<readonly RecordOf<F>[], readonly EntryOf<F>[], readonly LoadedOf<F>[]> {
  return listOf(object(fields));
}
