import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One PostgreSQL for the whole run; every test file clones a database of its own from a migrated template.
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One more than two processors keep busy: much of the time goes into waiting for processes that start and stop.
    maxWorkers: 3,
    // Generous: a busy machine must not fail a test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    // The default reporter for people, the other one for .ci/run.
    reporters: ['default', 'json'],
    outputFile: { json: 'coverage/test-results.json' },
    restoreMocks: true,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: [
        'src/database/prisma/**',
        'src/contract/generated.ts',
        'src/contract/generated-document.ts',
      ],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: {
        'src/modules/**': { lines: 90 },
        'src/modules/credentials/**': { branches: 100 },
      },
    },
  },
});
