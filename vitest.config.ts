import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['./test/seed.ts'],
    // Not an assertion: a busy machine takes its time, a test that hangs is ended.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/*.test.ts', 'test/{backtest,candles,domain,simulator,vault}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: ['test/**/*.test.ts'],
          exclude: ['test/*.test.ts', 'test/{backtest,candles,domain,simulator,vault}/**'],
          globalSetup: ['./test/global.ts'],
        },
      },
    ],
  },
})
