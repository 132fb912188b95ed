import { drawPerson, oneForEach, toCompany, type GeneratedList } from '../../core/provider/generation.ts';
import { toObjectSchema } from '../../core/values/json-schema.ts';

/** Users are created in 2025. */
const CREATED = { type: 'integer', minimum: 1_735_689_600_000, maximum: 1_767_225_599_999 };
const DIGITS = 36;

export const generate: Readonly<Record<string, GeneratedList>> = {
  apps: {
    fields: {},
    complete: (_, { index }) => ({
      app_id: toAppId(index),
      name: toCompany(index),
      api_key: `klaim_generated_${index + 1}`,
    }),
  },
  users: {
    needs: { apps: oneForEach(10_000) },
    fields: {
      acquisition_source: true,
      credit_balance: { type: 'integer', minimum: 0, maximum: 5000 },
      created_at: CREATED,
      metadata: toObjectSchema(['plan', 'locale'], {
        plan: { enum: ['free', 'pro', 'team'] },
        locale: { enum: ['en-GB', 'fr-FR', 'ja-JP', 'tr-TR', 'pt-BR'] },
      }),
    },
    complete: (made, place) => {
      const { index, size } = place;
      const { firstName, lastName, email } = drawPerson(place);
      return {
        app_id: toAppId(index % size('apps')),
        user_id: `generated_${index + 1}`,
        klaim_id: `${String(made['created_at'])}_${index.toString(DIGITS).padStart(5, '0')}`,
        email,
        name: `${firstName} ${lastName}`,
        ...made,
      };
    },
    most: DIGITS ** 5,
  },
};

function toAppId(index: number): string {
  return `generated_${index + 1}`;
}
