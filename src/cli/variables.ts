export const FORMATS = ['dotenv', 'powershell', 'json'] as const;

export type Format = (typeof FORMATS)[number];

/** Renders variables as text, quoted so that a shell neither runs nor splits the values. */
export function renderVariables(variables: Readonly<Record<string, string>>, format: Format): string {
  switch (format) {
    case 'dotenv':
      return renderLines(variables, (name, value) => `${name}=${quoteForShell(value)}`);
    case 'powershell':
      return renderLines(variables, (name, value) => `$env:${name} = ${quoteForPowerShell(value)}`);
    case 'json':
      return `${JSON.stringify(variables)}\n`;
  }
}

function renderLines(
  variables: Readonly<Record<string, string>>,
  render: (name: string, value: string) => string,
): string {
  return Object.entries(variables)
    .map(([name, value]) => `${render(name, value)}\n`)
    .join('');
}

/** Text that needs no quotes in shells and in files of variables. */
const PLAIN = /^[\w.:/@%+,=~-]*$/;

/** Single quotes are read the same everywhere; a value with a single quote is quoted for shells. */
function quoteForShell(value: string): string {
  if (PLAIN.test(value) && !value.startsWith('~')) return value;
  return value.includes("'") ? `"${value.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${value}'`;
}

/** PowerShell also accepts typographic quotes as quotes. */
function quoteForPowerShell(value: string): string {
  return `'${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}
