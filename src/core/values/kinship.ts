type Class = abstract new (...given: never[]) => object;

/**
 * Whether a value is of a class, in whatever copy of this package it was made. The built command is one file
 * with classes of its own, and a provider from outside brings what it throws and returns from the library
 * that is installed beside it. For `Symbol.hasInstance`.
 *
 * @param type the one that is asked for, which may be a subclass that has inherited the question
 * @param marked the class whose objects have the mark
 */
export function isKin(type: Class, marked: Class, mark: symbol, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return type === marked ? mark in value : Object.prototype.isPrototypeOf.call(type.prototype as object, value);
}
