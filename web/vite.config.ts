import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.GUANXI_SERVER ?? 'http://127.0.0.1:7250'

/** The rooms' contracts and words come straight from `src` (condition `source`); `/api` and `/v1` from a running server. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist',
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
