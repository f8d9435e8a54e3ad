/**
 * `node --import <this> out/main/index.js` runs the built main process in Node, with `electron` resolved to the
 * stand-in beside this file.
 */
import { registerHooks } from 'node:module';

const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});
