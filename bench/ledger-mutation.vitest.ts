import { defineConfig } from 'vitest/config'

// The tests of the ledger's pure rules alone, the same inputs in every run: what mutation testing asks.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['src/kernel/ledger/{apply,acts,stories}.test.ts'],
    setupFiles: ['src/testing/properties.ts'],
    env: { FAST_CHECK_SEED: '727250', LEDGER_STORIES: '40' },
  },
})
