// Biome formats and lints; ESLint adds the rules that need types, and one that needs names of globals.
import tseslint from 'typescript-eslint';

const GENERATED = ['src/database/prisma/**', 'src/contract/*generated.ts'];

/** Globals that open connections; `.dependency-cruiser.cjs` watches the modules that do. */
const WAYS_OUT = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'];
const message = 'Go through src/outbound, which guards where a request goes.';

export default tseslint.config(
  {
    files: ['src/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
    ignores: GENERATED,
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: GENERATED,
    rules: {
      'no-restricted-globals': ['error', ...WAYS_OUT.map((name) => ({ name, message }))],
      'no-restricted-properties': [
        'error',
        ...WAYS_OUT.map((property) => ({ object: 'globalThis', property, message })),
        {
          object: 'URL',
          property: 'canParse',
          message: 'Wrong on Node 20 once it is compiled. Use canParseUrl from lib.',
        },
      ],
    },
  },
);
