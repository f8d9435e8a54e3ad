import { z } from 'zod';
import {
  connectionSettingsSchema,
  executiveScriptSchema,
  reachSchema,
  serverSummarySchema,
  testStageSchema,
} from '../model/connection.ts';
import { shownHostKeySchema, tunnelSchema, tunnelSecretsSchema } from '../model/tunnel.ts';
import { procedure } from './envelope.ts';

const byId = z.object({ serverId: z.string() });
/** A password goes in and never comes out. */
const password = z.string().optional();
/** So do passphrases and passwords of SSH servers, by hop name ('user@host:port'). */
const tunnelSecrets = tunnelSecretsSchema.optional();

export const connectionsContract = {
  list: procedure(z.object({}).default({}), z.array(serverSummarySchema)),
  /**
   * A libpq URI or keyword/value string -> settings. `ssh=user@host:port`, `ssh_key`, `ssh_jump` and `ssh_auth` in it name
   * a tunnel, with what ~/.ssh/config says of its hosts. A password in it is kept in the engine under `secretId` and never sent back.
   */
  parse: procedure(
    z.object({ text: z.string() }),
    z.object({ settings: connectionSettingsSchema, hasPassword: z.boolean(), secretId: z.string().nullable() }),
  ),
  /** Entries of the service file, whether a passfile was found, and hosts of ~/.ssh/config as tunnels. */
  sources: procedure(
    z.object({}).default({}),
    z.object({
      services: z.array(z.object({ service: z.string(), settings: connectionSettingsSchema })),
      passfile: z.object({ path: z.string(), usable: z.boolean(), problem: z.string().nullable() }).nullable(),
      sshHosts: z.array(z.object({ name: z.string(), tunnel: tunnelSchema })),
    }),
  ),
  /** Tries every stage; fails with the failing stage's code and all stages in `detail.stages`. Creates nothing. */
  test: procedure(
    z.union([
      z.object({
        settings: connectionSettingsSchema,
        password,
        secretId: z.string().optional(),
        tunnelSecrets,
        /** A stored connection whose SSH secrets are used for the servers that the settings still name. */
        tunnelSecretsOf: z.string().optional(),
      }),
      z.object({ serverId: z.string(), password, tunnelSecrets }),
    ]),
    z.object({ stages: z.array(testStageSchema) }),
  ),
  save: procedure(
    z.object({
      serverId: z.string().optional(),
      settings: connectionSettingsSchema,
      password,
      secretId: z.string().optional(),
      tunnelSecrets,
    }),
    serverSummarySchema,
  ),
  /** Forgets the connection and its history on this machine; `confirm` is the label. Touches nothing on the server. */
  remove: procedure(byId.extend({ confirm: z.string() }), z.object({ removed: z.boolean() })),
  connect: procedure(byId.extend({ password, tunnelSecrets }), serverSummarySchema),
  /**
   * Trusts the key of an SSH server from now on: `detail.hostKey` of a `host_key_unknown` that a person has compared.
   * `file` says where it is written down. Another known key of that server is never replaced: `host_key_changed`.
   */
  trustHostKey: procedure(shownHostKeySchema, z.object({ added: z.boolean(), file: z.string() })),
  /** Takes what `trustHostKey` wrote down about an SSH server out of that file again. */
  forgetHostKey: procedure(
    shownHostKeySchema.pick({ host: true, port: true }),
    z.object({ forgotten: z.boolean(), file: z.string() }),
  ),
  disconnect: procedure(byId, serverSummarySchema),
  /** Turns executive mode on or off for a connection; it survives a restart. */
  setExecutive: procedure(byId.extend({ executive: z.boolean() }), serverSummarySchema),
  /** Scripts for a role that can read the stable views and nothing else. Reads the registry; changes nothing. */
  executiveScript: procedure(
    byId.extend({ role: z.string().min(1).max(63).default('daybreak_executive') }),
    executiveScriptSchema,
  ),
  /** What the connection's role can read. */
  reach: procedure(byId, reachSchema),
};
