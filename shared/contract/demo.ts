import { z } from 'zod';
import { demoStatusSchema } from '../model/demo.ts';
import { procedure } from './envelope.ts';

export const demoContract = {
  status: procedure(z.object({}).default({}), demoStatusSchema),
  /**
   * Starts the bundled PostgreSQL, seeds the ERP where it is not there yet, connects. Without a scale it opens in the size
   * that it has, the first time in 0.1. Returns at once; watch `status`.
   */
  open: procedure(z.object({ scale: z.number().positive().max(10).optional() }).default({}), demoStatusSchema),
  /** Invoices at a fixed rate, and managers who open the executive dashboard. */
  startLoad: procedure(
    z
      .object({
        ratePerSecond: z.number().positive().max(1000).default(40),
        managers: z.number().int().min(0).max(64).default(8),
      })
      .default({ ratePerSecond: 40, managers: 8 }),
    demoStatusSchema,
  ),
  stopLoad: procedure(z.object({}).default({}), demoStatusSchema),
  /** Cancels an opening, stops load and server. The data stays for the next time. */
  close: procedure(z.object({}).default({}), demoStatusSchema),
};
