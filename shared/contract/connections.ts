import { z } from 'zod';
import { connectionSettingsSchema, serverSummarySchema, testStageSchema } from '../model/connection.ts';
import { procedure } from './envelope.ts';

const byId = z.object({ serverId: z.string() });
/** A password goes in and never comes out. */
const password = z.string().optional();

export const connectionsContract = {
  list: procedure(z.object({}).default({}), z.array(serverSummarySchema)),
  /** A libpq URI or keyword/value string -> settings. A password in it is kept in the engine under `secretId` and never sent back. */
  parse: procedure(
    z.object({ text: z.string() }),
    z.object({ settings: connectionSettingsSchema, hasPassword: z.boolean(), secretId: z.string().nullable() }),
  ),
  /** Entries of the service file, and whether a passfile was found. */
  sources: procedure(
    z.object({}).default({}),
    z.object({
      services: z.array(z.object({ service: z.string(), settings: connectionSettingsSchema })),
      passfile: z.object({ path: z.string(), usable: z.boolean(), problem: z.string().nullable() }).nullable(),
    }),
  ),
  /** Tries every stage; fails with the failing stage's code and all stages in `detail.stages`. Creates nothing. */
  test: procedure(
    z.union([
      z.object({ settings: connectionSettingsSchema, password, secretId: z.string().optional() }),
      z.object({ serverId: z.string(), password }),
    ]),
    z.object({ stages: z.array(testStageSchema) }),
  ),
  save: procedure(
    z.object({
      serverId: z.string().optional(),
      settings: connectionSettingsSchema,
      password,
      secretId: z.string().optional(),
    }),
    serverSummarySchema,
  ),
  /** Forgets the connection and its history on this machine; `confirm` is the label. Touches nothing on the server. */
  remove: procedure(byId.extend({ confirm: z.string() }), z.object({ removed: z.boolean() })),
  connect: procedure(byId.extend({ password }), serverSummarySchema),
  disconnect: procedure(byId, serverSummarySchema),
};
