import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';

/** oRPC's implementer over our contract; one namespace of it is handed to each file of this folder. */
export const os = implement(contract);
