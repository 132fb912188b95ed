declare const brand: unique symbol;

/** A `T` that cannot be mixed up with another one: amounts, ids, instants. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
