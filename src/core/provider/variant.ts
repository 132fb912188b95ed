import type { Provider } from './provider.ts';

const variantsOf = new WeakMap<Provider, Map<string, Provider>>();

/** Returns the variant of a provider that its options choose, or the provider itself; the same object each time. */
export function toVariant(provider: Provider, options: Readonly<Record<string, unknown>>): Provider {
  const { variants } = provider;
  if (!variants) return provider;
  const name = String(options[variants.option]);
  const made = variantsOf.get(provider) ?? new Map<string, Provider>();
  variantsOf.set(provider, made);
  const variant = Object.hasOwn(variants.byValue, name) ? variants.byValue[name] : undefined;
  const chosen = made.get(name) ?? { ...provider, ...variant, variant: name };
  made.set(name, chosen);
  return chosen;
}
