declare const brand: unique symbol;

/** A `T` that the compiler keeps apart from others: amounts, ids, instants. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
