/** Wrong input by the user. The command line exits with 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
