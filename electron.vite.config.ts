import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Every entry lies flat in `out/main` under its own name: `electron/core/entry-points.ts` finds threads and child
 * processes beside itself, so shared chunks must lie there too.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node24',
      sourcemap: true,
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('electron/main/index.ts'),
          engine: at('electron/main/engine.ts'),
          daybreak: at('electron/hosts/cli/daybreak.ts'),
          'history-writer': at('electron/core/history/writer-thread.ts'),
          guardian: at('resources/demo-erp/guardian.ts'),
          workload: at('resources/demo-erp/workload/driver.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is one CommonJS file without node_modules.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      target: 'chrome148',
      // electron-vite leaves this off: ECharts and Mantine are 3.6 MB without.
      minify: true,
      // A data: URL font or worker would need a wider policy than 'self'.
      assetsInlineLimit: 0,
      // ECharts alone passes Vite's 500 kB; the files come from this machine, not over a network.
      chunkSizeWarningLimit: 1000,
      rollupOptions: { input: { index: at('renderer/index.html') } },
    },
  },
});
