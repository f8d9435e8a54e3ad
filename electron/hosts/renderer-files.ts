import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join, resolve, sep } from 'node:path';

/** One answer of the renderer's files: the same behind `http://127.0.0.1` and behind `app://daybreak`. */
export interface FileAnswer {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The policy that was measured with ECharts 6, CodeMirror 6 and Mantine 9. `style-src-attr` is for
 * inline style attributes, which all three of them set; style elements carry the nonce of their response.
 */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

const noncePlaceholder = '__CSP_NONCE__';

/**
 * Answers a path of the built renderer; `/` is `index.html` with a fresh nonce in page and policy. Reads at once: a window
 * that opens asks for twenty files, each of which takes ten times as long by way of the thread pool.
 */
export function rendererFile(rendererDir: string, path: string): FileAnswer {
  const file = inside(rendererDir, path === '/' ? '/index.html' : path);
  const type = file && types[extname(file)];
  if (!file || !type) return notFound();
  let body: Buffer;
  try {
    body = readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return notFound();
    throw error;
  }
  const nonce = randomBytes(18).toString('base64');
  const page = extname(file) === '.html';
  return {
    status: 200,
    headers: {
      ...securityHeaders,
      'content-type': type,
      'content-security-policy': contentSecurityPolicy(nonce),
      // Vite names assets after their content; the page itself carries a nonce and must never be kept.
      'cache-control': path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
    },
    body: page ? Buffer.from(body.toString('utf8').replaceAll(noncePlaceholder, nonce)) : body,
  };
}

/** The file of a URL path, or null when the path leads out of the folder or is no path at all. */
function inside(rendererDir: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const root = resolve(rendererDir);
  const file = resolve(join(root, decoded));
  return file.startsWith(root + sep) ? file : null;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR'].includes(String(error.code));

const notFound = (): FileAnswer => ({
  status: 404,
  headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: Buffer.from('Not found'),
});
