import type { Argv, CommandModule } from 'yargs';

import type { CompareFlags } from './compare-report.ts';

export const compare: CommandModule<object, CompareFlags> = {
  command: 'compare',
  describe: 'Ask a real service and ours for the same, and list where they differ',
  builder: (yargs) =>
    (yargs as Argv<CompareFlags>)
      .option('provider', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'Its id, or a file with a provider of your own',
      })
      .option('target', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'URL of the real service; it is sent GET and HEAD, and nothing else',
      })
      .option('header', {
        type: 'string',
        requiresArg: true,
        describe: "'Name: value', sent there only; neither printed nor kept",
      })
      .option('bundle', {
        type: 'string',
        requiresArg: true,
        describe: "File whose reads are sent [the document's examples]",
      })
      .option('keep', { type: 'string', requiresArg: true, describe: 'File for the result, as evidence' })
      .option('set', { type: 'string', requiresArg: true, describe: 'provider.option=value, for ours' })
      .option('pause', { type: 'string', requiresArg: true, default: 'PT0.2S', describe: 'Between two requests' })
      .option('timeout', { type: 'string', requiresArg: true, default: 'PT10S', describe: 'For one answer' })
      .option('limit', { type: 'string', requiresArg: true, default: '100', describe: 'Reads that are sent at most' })
      .option('format', { type: 'string', requiresArg: true, describe: 'text or json [text]' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example("$0 compare --provider klaim --target https://api.example.com --header 'Authorization: Bearer KEY'", ''),
  handler: async (flags) => {
    const { runCompare } = await import('./compare-report.ts');
    await runCompare(flags);
  },
};
