import type { Failure } from '../../../../shared/model/failure.ts';

const codes: ReadonlySet<string> = new Set(['statement_refused', 'server_error', 'invalid_input', 'permission_denied']);

/** A definition, not the connection, is what failed. */
export const isAboutDefinition = ({ value }: Failure): boolean => codes.has(value.code);
