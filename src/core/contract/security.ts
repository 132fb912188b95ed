/** One place of a credential, as a security scheme of the document names it. */
export interface CredentialPlace {
  readonly where: 'header' | 'query' | 'cookie';
  readonly name: string;
  /** Such as "Bearer", if the value is not the credential alone. */
  readonly scheme: string | undefined;
  readonly description: string | undefined;
}

export interface Security {
  /** Whether the document says `security: []`, so that no credential is needed. */
  readonly open: boolean;
  /** The places where a client may put its credential. */
  readonly credentials: readonly CredentialPlace[];
}

interface SecurityScheme {
  readonly type?: string;
  readonly in?: CredentialPlace['where'];
  readonly name?: string;
  readonly scheme?: string;
  readonly description?: string;
}

/**
 * @param asked the `security` of an operation, or of its document
 * @param schemes of the document, by name
 */
export function readSecurity(
  asked: readonly object[] | undefined,
  schemes: Readonly<Record<string, SecurityScheme>>,
): Security {
  const names = new Set(asked?.flatMap((alternative) => Object.keys(alternative)));
  return { open: asked?.length === 0, credentials: [...names].flatMap((name) => toCredentialPlace(schemes[name])) };
}

function toCredentialPlace(declared: SecurityScheme | undefined): readonly CredentialPlace[] {
  if (!declared) return [];
  const { type, in: where, name, scheme, description } = declared;
  if (type === 'apiKey' && where && name !== undefined) return [{ where, name, scheme: undefined, description }];
  if (type !== 'http' || scheme === undefined) return [];
  const written = scheme.charAt(0).toUpperCase() + scheme.slice(1);
  return [{ where: 'header', name: 'Authorization', scheme: written, description }];
}
