import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import product from '../package.json' with { type: 'json' }

const server = process.env.GUANXI_SERVER ?? 'http://127.0.0.1:7250'

/** On a slow line the card's page begins to arrive together with the few bytes that ask for it. */
const cardAtOnce: Plugin = {
  name: 'card-at-once',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.values(bundle ?? {})
        .filter(({ type, fileName }) => type === 'chunk' && fileName.startsWith('assets/show-'))
        .map(({ fileName }) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', href: `/${fileName}`, crossorigin: true },
          injectTo: 'head' as const,
        })),
  },
}

/** The rooms' contracts and words come straight from `src` (condition `source`), never from what was compiled before. */
const conditions = ['source', 'module', 'browser', 'development|production']

/** `/api` and `/v1` come from a running server. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), cardAtOnce],
  define: { 'import.meta.env.RELEASE': JSON.stringify(product.version) },
  resolve: { conditions },
  // The member card is a build of its own, so that a phone loads nothing of what only staff see.
  builder: {},
  environments: {
    member: {
      consumer: 'client',
      resolve: { conditions },
      build: {
        outDir: process.env.GUANXI_WEB_DIST ?? 'dist',
        emptyOutDir: false,
        rolldownOptions: { input: `${import.meta.dirname}/card.html`, output: { codeSplitting: {} } },
      },
    },
  },
  build: {
    outDir: process.env.GUANXI_WEB_DIST ?? 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'words-en', test: /words\.en\.json/ },
            { name: 'words-zh', test: /words\.zh\.json/ },
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    port: 7251,
    fs: { allow: ['..'] },
    proxy: { '/api': server, '/v1': server },
  },
})
