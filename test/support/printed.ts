import { readFileSync } from 'node:fs';

/** What one part of a page shows. */
interface Part {
  readonly scripts: readonly string[];
  readonly consoles: readonly { readonly words: readonly string[]; readonly text: string }[];
}

/** The scripts of a part of a page, and the commands of the verb with what they print. */
export function readPart(file: string, title: string): Part {
  const [, part = ''] = readFileSync(file, 'utf8').split(`\n## ${title}\n`);
  const text = part.split('\n## ')[0] ?? '';
  const scripts = [...text.matchAll(/^```js\n([^]*?)^```/gm)].map(([, script = '']) => script);
  const consoles = [...text.matchAll(/^```console\n\$ (?:npx )?credits-emulator (.*)\n([^]*?)^```/gm)].map(
    ([, words = '', printed = '']) => ({ words: words.split(' '), text: printed }),
  );
  return { scripts, consoles };
}
