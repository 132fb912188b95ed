export const FORMATS = ['dotenv', 'powershell', 'json'] as const;

export type Format = (typeof FORMATS)[number];

/** Variables of an environment as text, with values that nothing runs or takes apart. */
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

/** In shells and in files of variables alike, such a text stands for itself. */
const PLAIN = /^[\w.:/@%+,=~-]*$/;

/** Single quotes are read alike everywhere; a value that has one is written for shells. */
function quoteForShell(value: string): string {
  if (PLAIN.test(value) && !value.startsWith('~')) return value;
  return value.includes("'") ? `"${value.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${value}'`;
}

/** PowerShell takes typographic quotes for quotes, too. */
function quoteForPowerShell(value: string): string {
  return `'${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}
