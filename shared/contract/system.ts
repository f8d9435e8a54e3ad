import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { tunnelSchema, tunnelSecretsSchema } from '../model/tunnel.ts';
import { engineEventSchema, engineInfoSchema } from '../model/engine.ts';
import { procedure } from './envelope.ts';

export const systemContract = {
  info: procedure(z.object({}).default({}), engineInfoSchema),
  /**
   * Makes this door's windows work on the agent of another machine, through SSH: its connections, its history. `profile` is
   * its folder there, null the usual one of that user. The door answers this; behind one without windows it is
   * `not_available`. Windows have to ask for everything anew afterwards.
   */
  attach: procedure(
    z.object({
      tunnel: tunnelSchema,
      profile: z.string().min(1).max(1024).nullable(),
      tunnelSecrets: tunnelSecretsSchema.optional(),
    }),
    z.object({ to: z.string() }),
  ),
  /** Back to the engine of the door's own profile. */
  detach: procedure(z.object({}).default({}), z.object({ to: z.string() })),
  /** What changed, from now on. The first event has topic 'connections' and carries the current `seq`. */
  events: oc.input(z.object({}).default({})).output(eventIterator(engineEventSchema)),
};
