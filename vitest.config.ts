import { defineConfig } from 'vitest/config'

const databaseTests = {
  include: ['test/**/*.test.{ts,tsx}'],
  exclude: ['test/**/*.pure.test.{ts,tsx}', 'test/browser/**', 'test/runtime/**'],
}

/** Pure files alone; stores, commands, API and pages on both databases; then a real browser; then, one by one, the two runtimes. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.pure.test.{ts,tsx}'] } },
      { extends: true, test: { name: 'pglite', ...databaseTests, globalSetup: ['test/support/pglite-setup.ts'] } },
      { extends: true, test: { name: 'postgres', ...databaseTests, globalSetup: ['test/support/postgres-setup.ts'] } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'runtime',
          include: ['test/runtime/**/*.test.ts'],
          testTimeout: 240_000,
          fileParallelism: false,
          maxConcurrency: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
