type Class = abstract new (...given: never[]) => object;

/**
 * Whether a value is an instance of a class, even of another copy of this package. The built command has classes of its
 * own, and a provider from outside uses those of the library installed next to it. For `Symbol.hasInstance`.
 *
 * @param type the class in the `instanceof`, which may be a subclass
 * @param marked the class whose objects have the mark
 */
export function isKin(type: Class, marked: Class, mark: symbol, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return type === marked ? mark in value : Object.prototype.isPrototypeOf.call(type.prototype as object, value);
}
