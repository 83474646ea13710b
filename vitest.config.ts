import { defineConfig } from 'vitest/config';

/** Tests that count what their whole process holds on to. */
const COUNT_THEIR_PROCESS = ['test/integration/mcp/no-leaks.test.ts'];

/** Tests that start the compiled programs. */
const START_PROGRAMS = [
  'test/integration/system/**/*.test.ts',
  'test/integration/oauth/processes.test.ts',
  'test/integration/oauth/upkeep.test.ts',
  'test/integration/outbound/service.test.ts',
];

const forEach = {
  pool: 'forks',
  // Generous: a busy machine must not fail a test.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
  restoreMocks: true,
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...forEach,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...COUNT_THEIR_PROCESS, ...START_PROGRAMS],
          // Files share a process, and so load the source once: it has no state of its own that one could leave to the next.
          isolate: false,
        },
      },
      {
        test: {
          ...forEach,
          name: 'programs',
          include: START_PROGRAMS,
          isolate: false,
          globalSetup: ['test/support/build-setup.ts'],
        },
      },
      { test: { ...forEach, name: 'alone', include: COUNT_THEIR_PROCESS } },
    ],
    // One PostgreSQL for the whole run; every test file clones a database of its own from a migrated template.
    globalSetup: ['test/support/global-setup.ts'],
    // One more than two processors keep busy: much of the time goes into waiting for processes that start and stop.
    maxWorkers: 3,
    // The default reporter for people, the other one for .ci/run.
    reporters: ['default', 'json'],
    outputFile: { json: 'coverage/test-results.json' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: [
        'src/database/prisma/**',
        'src/contract/*generated.ts',
        'src/contract/*generated-document.ts',
      ],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: {
        'src/modules/**': { lines: 90 },
        'src/modules/credentials/**': { branches: 100 },
      },
    },
  },
});
