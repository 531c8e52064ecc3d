import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  // The global set-up runs in an environment of its own, which does not inherit the two lines above.
  environments: { __vitest__: { resolve: { conditions: ['source'] } } },
  test: {
    include: [
      'src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'scenarios/**/*.test.ts',
      'conformance/**/*.test.ts',
      'web/**/*.test.ts',
    ],
    globalSetup: ['src/testing/global-setup.ts'],
    setupFiles: ['src/testing/properties.ts'],
    // These libraries offer their TypeScript under the condition `source` too, which Node does not run from node_modules.
    server: { deps: { inline: [/@modelcontextprotocol\/client/, /eventsource/] } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
