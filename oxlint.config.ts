import { defineConfig } from 'oxlint';

/**
 * The walls of the house. One table, because overlapping overrides replace each other: every zone names all that
 * it may not import. `test/walls/walls.test.ts` breaks each wall on purpose and expects the lint to fail.
 */
interface Ban {
  readonly regex: string;
  readonly message: string;
}

const electronModule: Ban = {
  regex: '^electron(/|$)',
  message: "Only electron/main and electron/preload import 'electron': the engine serves three doors.",
};
const sessions: Ban = {
  regex: 'postgres/session(\\.ts)?$',
  message:
    'SQL is sent only from postgres, read-model, history, dashboards, explain, index-advice, warehouse and resources.',
};
const sqlite: Ban = { regex: '^better-sqlite3$', message: 'SQLite belongs to electron/core/history.' };
const pg: Ban = { regex: '^pg(-|/|$)', message: 'PostgreSQL clients are opened by electron/core/postgres only.' };
const ssh: Ban = {
  regex: '^ssh2(-|/|$)',
  message: 'SSH is spoken by electron/core/tunnel only: it hands out streams, and checks whom it speaks to.',
};
const node: Ban = { regex: '^node:', message: 'No Node here.' };
const engine: Ban = {
  regex: '(^|/)(electron|resources)/',
  message: 'The renderer reaches the engine through the contract.',
};
const server: Ban = { regex: '^@orpc/server', message: 'Procedures are implemented in electron/core/api only.' };
const doors: Ban = { regex: '(^|/)(hosts|main|preload|renderer)/', message: 'The engine does not know its doors.' };
const sharedOnly: Ban = {
  // The engine of these expressions has no look-ahead: "neither relative, nor zod, nor @orpc/contract", spelled out.
  regex: '^([^.z@]|z([^o]|o[^d]|od.)|@([^o]|o[^r])|@orpc/[^c])|(\\.\\./)+(electron|renderer|resources|test)/',
  message: 'shared/ imports nothing outside it but zod and @orpc/contract.',
};
const input: Ban = {
  regex:
    '^(node:([^c]|c[^r])|pg(-|/|$)|better-sqlite3$)|postgres/|history/(open|writer|reader|migrations)|(^|/)(sampler|refresh|swap|registry|dashboards|api)/',
  message: 'Decisions do no input or output: hand the facts in.',
};
const client: Ban = {
  regex: '(^|/)(stores/client|host/[a-z-]+)(\\.ts)?$|^@orpc/',
  message: 'Screens call stores, stores call the client.',
};

const imports = (...bans: Ban[]) =>
  ['error', { patterns: bans.map(({ regex, message }) => ({ regex, message })) }] as const;

const clockGlobals = ['Date', 'performance', 'setTimeout', 'setInterval', 'fetch', 'process', 'crypto'].map((name) => ({
  name,
  message: 'Decisions read no clock and no world: time is an argument.',
}));
const sendsSql = ['withReadonly', 'withRegistry', 'withRefresh', 'withDdl', 'withExplain', 'queryText'].map(
  (property) => ({
    property,
    message: sessions.message,
  }),
);

export default defineConfig({
  plugins: ['import', 'typescript', 'unicorn', 'oxc', 'react', 'promise', 'node'],
  categories: { correctness: 'error' },
  ignorePatterns: ['out/**', '.tsc/**', 'dist/**'],
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'no-console': 'error',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-restricted-imports': imports(electronModule, ssh),
    'react/react-in-jsx-scope': 'off',
  },
  overrides: [
    { files: ['shared/**'], rules: { 'no-restricted-imports': imports(sharedOnly) } },
    {
      files: ['renderer/**'],
      rules: { 'no-restricted-imports': imports(electronModule, node, pg, ssh, sqlite, engine, server) },
    },
    {
      files: ['renderer/{app,screens,charts,tables,commands}/**'],
      rules: { 'no-restricted-imports': imports(electronModule, node, pg, ssh, sqlite, engine, server, client) },
    },
    { files: ['electron/{main,preload}/**'], rules: { 'no-restricted-imports': imports(pg, ssh, sqlite, sessions) } },
    {
      files: ['electron/hosts/**'],
      rules: {
        'no-restricted-imports': imports(electronModule, pg, ssh, sqlite, sessions),
        'no-restricted-properties': ['error', ...sendsSql],
      },
    },
    {
      files: ['electron/core/**'],
      rules: {
        'no-restricted-imports': imports(electronModule, pg, ssh, sqlite, sessions, server, doors),
        'no-restricted-properties': ['error', ...sendsSql],
      },
    },
    {
      files: ['electron/core/tunnel/**'],
      rules: { 'no-restricted-imports': imports(electronModule, pg, sqlite, sessions, server, doors) },
    },
    {
      files: ['electron/core/api/**'],
      rules: { 'no-restricted-imports': imports(electronModule, pg, ssh, sqlite, sessions, doors) },
    },
    {
      files: ['electron/core/{read-model,dashboards,warehouse,explain,index-advice}/**'],
      rules: {
        'no-restricted-imports': imports(electronModule, pg, ssh, sqlite, server, doors),
        'no-restricted-properties': 'off',
      },
    },
    {
      files: ['electron/core/postgres/**'],
      rules: {
        'no-restricted-imports': imports(electronModule, ssh, sqlite, server, doors),
        'no-restricted-properties': 'off',
      },
    },
    {
      files: ['electron/core/history/**'],
      rules: { 'no-restricted-imports': imports(electronModule, pg, ssh, sessions, server, doors) },
    },
    {
      files: ['electron/core/{diagnosis,ladder}/**', 'electron/core/{read-model/plan,schedule/decide}/**'],
      rules: {
        'no-restricted-imports': imports(electronModule, ssh, server, doors, input),
        'no-restricted-globals': ['error', ...clockGlobals],
        'no-restricted-properties': [
          'error',
          { object: 'Math', property: 'random', message: 'Seeds are arguments.' },
          ...sendsSql,
        ],
      },
    },
    {
      files: ['electron/hosts/cli/**', 'electron/core/rescue/**', 'test/**', 'resources/**'],
      rules: { 'no-console': 'off' },
    },
    { files: ['test/**'], rules: { 'no-restricted-imports': 'off' } },
  ],
});
