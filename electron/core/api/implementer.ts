import { implement, type Context, type Implementer } from '@orpc/server';
import { contract, type Contract } from '../../../shared/contract/index.ts';

/** oRPC's implementer over our contract; one namespace of it is handed to each file of this folder. */
export const os: Implementer<Contract, Context, Context> = implement(contract);
