import { fileURLToPath } from 'node:url';

import tseslint from 'typescript-eslint';

const CLOCKS = [
  { object: 'Date', property: 'now', message: 'Take the time from the sandbox; real time is in core/values/clock.ts.' },
  { object: 'Math', property: 'random', message: 'Take chance from the sandbox; see core/values/random.ts.' },
  { object: 'crypto', property: 'randomUUID', message: 'Take ids from the sandbox; see core/values/random.ts.' },
];

/** Who may import what; test/layers.test.ts holds what patterns cannot say. */
const only = (name, where) => ({ name, message: `Only ${where} imports it.` });
const LIBRARIES = [
  only('openapi-backend', 'core/contract/contract.ts'),
  only('json-schema-faker', 'core/values/json-schema-example.ts'),
  only('lowdb', 'core/store/disk/database.ts'),
  only('express', 'src/http'),
  {
    name: 'node:crypto',
    importNames: ['randomUUID', 'randomBytes', 'randomInt'],
    message: 'Take chance from the sandbox.',
  },
];

export default tseslint.config(
  // Examples import the package as it is installed; test/full compiles them against it.
  // What runs in a browser is no part of the program that is checked.
  { ignores: ['dist', 'coverage', 'node_modules', 'examples', 'src/generated', 'test/support/foreign-page/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url)),
      },
    },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // The compiler says it: `noUnusedLocals` and `noUnusedParameters`.
      '@typescript-eslint/no-unused-vars': 'off',
      // The compiler refuses enums: `erasableSyntaxOnly`.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A stage, a verb and an operation give nothing back or a promise of nothing.
      '@typescript-eslint/no-invalid-void-type': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      'no-console': 'error',
      'no-restricted-properties': ['error', ...CLOCKS],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take the time from the sandbox.',
        },
        { selector: 'SwitchCase[test=null]', message: 'A closed union is exhausted without default.' },
        { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' },
      ],
      'no-restricted-imports': ['error', { paths: LIBRARIES }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: LIBRARIES,
          patterns: [
            {
              group: ['**/http/**', '**/control/**', '**/cli/**', '**/providers/**', '**/config/**', '**/fixtures/**'],
              message: 'Core imports nothing above it.',
            },
          ],
        },
      ],
    },
  },
  {
    files: [
      'src/core/contract/contract.ts',
      'src/core/values/json-schema-example.ts',
      'src/core/store/disk/database.ts',
      'src/http/**',
      'src/compose/emulator.ts',
      'src/compose/compose.ts',
      'test/**',
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  { files: ['src/core/values/clock.ts'], rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' } },
  {
    files: ['eslint.config.js', '*.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      // vitest's matchers return void or a promise depending on what they are given.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
);
