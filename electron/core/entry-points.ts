/**
 * Where the engine's own threads and child processes start. From source (Node strips the types itself) they are
 * the .ts files; in a bundle every entry lies beside the others in `out/main` under the name used here.
 */
const sources = {
  'history-writer': './history/writer-thread.ts',
  'export-renderer': './dashboards/export/render-thread.ts',
  'ssh-key': './tunnel/key-thread.ts',
  guardian: '../../resources/demo-erp/guardian.ts',
  workload: '../../resources/demo-erp/workload/driver.ts',
} as const;

export type EntryPoint = keyof typeof sources;

export function entryPoint(name: EntryPoint): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL(sources[name], import.meta.url)
    : new URL(`./${name}.js`, import.meta.url);
}
