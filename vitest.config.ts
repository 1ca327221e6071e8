import { defineConfig } from 'vitest/config'

/** Three kinds of test: pure files, the same database suite on both databases, and a real browser or runtime. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.pure.test.{ts,tsx}'] } },
    ],
  },
})
