import { defineVerb } from './verb.ts';

export const compare = defineVerb({
  name: 'compare',
  describe: 'Compare responses with a real service',
  flags: {
    provider: { isRequired: true, describe: 'Id of the provider, or a JavaScript file that exports one' },
    target: { isRequired: true, describe: 'URL of the real service; only GET and HEAD are sent' },
    header: { isRepeated: true, describe: "'Name: value', sent to the service only; neither printed nor stored" },
    bundle: { describe: "File whose reads are sent [the document's examples]" },
    keep: { describe: 'Write the result to this file, as evidence' },
    set: { isRepeated: true, describe: 'provider.option=value, for the emulator' },
    pause: { type: 'duration', default: 'PT0.2S', describe: 'Pause between two requests' },
    timeout: { type: 'duration', default: 'PT10S', describe: 'Give up on a response after this' },
    limit: { type: 'count', default: '100', describe: 'Maximum number of reads' },
    format: { choices: ['text', 'json'], describe: 'One of text, json [text]' },
    json: { type: 'boolean', describe: 'Print JSON' },
  },
  examples: ["$0 compare --provider klaim --target https://api.example.com --header 'Authorization: Bearer KEY'"],
  run: async (given) => {
    const { runCompare } = await import('./compare-report.ts');
    await runCompare(given);
  },
});
