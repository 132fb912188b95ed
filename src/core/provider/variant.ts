import type { Provider } from './provider.ts';

/** Returns the variant of a provider that its options choose, or the provider itself. */
export function toVariant(provider: Provider, options: Readonly<Record<string, unknown>>): Provider {
  const { variants } = provider;
  if (!variants) return provider;
  const name = String(options[variants.option]);
  const variant = Object.hasOwn(variants.byValue, name) ? variants.byValue[name] : undefined;
  return { ...provider, ...variant, variant: name };
}
