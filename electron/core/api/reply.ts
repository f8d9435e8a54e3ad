import { isFailure, type Reply } from '../../../shared/model/failure.ts';

/** The one place where an expected failure becomes a value (docs/decisions/0002). Bugs go on as throws. */
export async function reply<T>(work: () => Promise<T> | T): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isFailure(error)) return { ok: false, error: error.value };
    throw error;
  }
}
