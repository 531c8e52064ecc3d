import { defineConfig } from 'vitest/config'

// The tests of the ledger's pure rules alone, the same inputs in every run: what mutation testing asks.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['src/kernel/ledger/{apply,acts,edges,rules,stories}.test.ts'],
    setupFiles: ['src/testing/properties.ts'],
    env: { FAST_CHECK_SEED: '727250', ORACLE_SEED: '1', RULES_OPS: '1200', LEDGER_STORIES: '20' },
  },
})
