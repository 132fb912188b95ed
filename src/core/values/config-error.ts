/** The user asked for something that is not there or makes no sense. The CLI ends with 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
