import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Rolldown names a piece that is shared after all who share it. */
const shortName = (name: string): string => name.replace(/~.*/, '');

/**
 * The page names the files of the screen that promises to be there at once, so that they are read while the page's own code
 * is: asked for by that code, they would begin 300 ms later, and take 80 ms of the window's thread. `module`: how it ends.
 */
function preloadScreen(module: string): Plugin {
  return {
    name: 'daybreak-preload-screen',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const screen = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        if (screen === undefined) throw new Error(`no chunk of the page is ${module}`);
        const needed = new Set([screen]);
        for (const { imports } of needed) {
          for (const chunk of chunks) if (imports.includes(chunk.fileName)) needed.add(chunk);
        }
        const files = [...needed].flatMap(({ fileName, viteMetadata }) => [
          fileName,
          ...(viteMetadata?.importedCss ?? []),
        ]);
        return [...new Set(files)]
          .filter((file) => !html.includes(file))
          .map((file) => {
            const rel = file.endsWith('.css') ? 'stylesheet' : 'modulepreload';
            return { tag: 'link', attrs: { rel, crossorigin: true, href: `./${file}` }, injectTo: 'head' };
          });
      },
    },
  };
}

/**
 * The page runs a file as soon as it is there, before the page's own code, which waits for the styles and for all of
 * itself. `module`: the end of the module that the file is made for.
 */
function runAhead(module: string): Plugin {
  return {
    name: 'daybreak-run-ahead',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const ahead = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(module)));
        if (ahead === undefined) throw new Error(`no chunk of the page has ${module}`);
        const attrs = { type: 'module', async: true, crossorigin: true, src: `./${ahead.fileName}` };
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

/**
 * Files of the page that wait for each other in a circle: one of them runs before what it imports is there, and a component
 * or an icon in it stays undefined. How `codeSplitting` divides the page decides whether there are any.
 */
function withoutCircles(): Plugin {
  return {
    name: 'daybreak-without-circles',
    apply: 'build',
    generateBundle(_options, bundle) {
      const importsOf = (file: string): readonly string[] => {
        const output = bundle[file];
        return output?.type === 'chunk' ? output.imports : [];
      };
      for (const file of Object.keys(bundle)) {
        const reached = new Set(importsOf(file));
        for (const one of reached) for (const next of importsOf(one)) reached.add(next);
        if (reached.has(file)) this.error(`${file} imports itself by way of others: divide the page in another way`);
      }
    },
  };
}

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
      // A start reads each file of a dependency by itself, and these are two hundred: bundled they are part of ours.
      externalizeDeps: {
        exclude: ['zod', '@orpc/client', '@orpc/contract', '@orpc/server', 'commander', 'decimal.js'],
      },
      rollupOptions: {
        input: {
          index: at('electron/main/index.ts'),
          engine: at('electron/main/engine.ts'),
          daybreak: at('electron/hosts/cli/daybreak.ts'),
          'history-writer': at('electron/core/history/writer-thread.ts'),
          'export-renderer': at('electron/core/dashboards/export/render-thread.ts'),
          'ssh-key': at('electron/core/tunnel/key-thread.ts'),
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
    plugins: [
      react(),
      withoutCircles(),
      runAhead('/renderer/ahead.ts'),
      preloadScreen('/renderer/screens/dashboards/index.tsx'),
    ],
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
      rollupOptions: {
        input: { index: at('renderer/index.html') },
        output: {
          chunkFileNames: ({ name }) => `assets/${shortName(name)}-[hash].js`,
          assetFileNames: ({ names: [name = ''] }) => `assets/${shortName(parse(name).name)}-[hash][extname]`,
          // Small pieces that screens share go along with their neighbours: a start that reads forty files takes 0.1 s more.
          codeSplitting: {
            groups: [
              { name: 'ahead', test: /renderer[\\/]ahead\.ts$/, priority: 2 },
              { name: 'zod', test: /node_modules[\\/]zod[\\/]/, priority: 1 },
              { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 40_000 },
            ],
          },
        },
      },
    },
  },
});
