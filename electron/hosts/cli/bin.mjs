#!/usr/bin/env node
/**
 * `daybreak`. Plain JavaScript, so that any Node can read it: better-sqlite3 13 needs Node-API 10 and ends an older
 * Node with a segmentation fault and no message. Where this Node is too old, the Node 24 that npm installed beside us
 * takes over; where there is none, one sentence says so.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { keepCompiledCode } from './code-cache.mjs';
import { engineFlags, goesOn } from './engine-flags.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const source = join(here, 'daybreak.ts');
const bundle = join(root, 'out', 'main', 'daybreak.js');
// Node strips types from our own sources, but refuses to below node_modules.
const fromSource = existsSync(source) && !here.split(sep).includes('node_modules');

const canLoadSqlite = Number(process.versions.napi) >= 10;
const canStripTypes = Boolean(process.features.typescript);

const flags = goesOn(process.argv[2]) ? engineFlags : [];

if (canLoadSqlite && (canStripTypes || !fromSource)) {
  beginAnewWithFlags();
  keepCompiledCode();
  await import(pathToFileURL(fromSource ? source : bundle).href);
} else {
  const node = [
    join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    join(root, '..', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
  ].find((file) => existsSync(file));
  if (node === undefined) {
    process.stderr.write(
      `daybreak needs Node 24 (this is ${process.version}): install it, or run npm install here, which brings it along.\n`,
    );
    process.exit(1);
  }
  handOver(node);
}

/** The same process, where the system can do that; without a channel, which it would lose. Else it goes on as it is. */
function beginAnewWithFlags() {
  const missing = flags.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0 || process.channel !== undefined || process.platform === 'win32') return;
  const args = [...missing, ...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.execve?.(process.execPath, [process.execPath, ...args]);
}

/** Same arguments, same streams, same exit. The channel tells the other one when this process is killed. */
function handOver(node) {
  const child = spawn(node, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`daybreak could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
