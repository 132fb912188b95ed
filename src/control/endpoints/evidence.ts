import type { Endpoint } from '../endpoint.ts';

export const listEvidence: Endpoint<'listEvidence'> = ({ sandbox, installation, query }) => ({
  status: 200,
  body: {
    evidence: installation.tally
      .list(query.all === true ? undefined : sandbox)
      .map(({ evidence: { level, source }, ...answered }) => ({ ...answered, level, source })),
  },
});
