import type { Provider } from './provider.ts';

/** The provider as one of its options has it: with another contract, or as it is. */
export function toVariant(provider: Provider, options: Readonly<Record<string, unknown>>): Provider {
  const { variants } = provider;
  if (!variants) return provider;
  const name = String(options[variants.option]);
  const variant = Object.hasOwn(variants.byValue, name) ? variants.byValue[name] : undefined;
  return { ...provider, ...variant, variant: name };
}
