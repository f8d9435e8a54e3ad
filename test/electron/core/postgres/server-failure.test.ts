import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../../electron/core/postgres/server-failure.ts';

const fromServer = (code: string, message: string) => Object.assign(new Error(message), { code, severity: 'ERROR' });
const fromNode = (code: string) => Object.assign(new Error(code), { code });

describe('an error becomes a failure', () => {
  it.each([
    [fromServer('28P01', 'password authentication failed for user "anna"'), 'login_failed', false],
    [fromServer('3D000', 'database "erp" does not exist'), 'login_failed', false],
    [fromServer('42501', 'permission denied for table invoice'), 'permission_denied', false],
    [fromServer('55P03', 'canceling statement due to lock timeout'), 'lock_not_granted', true],
    [fromServer('57014', 'canceling statement due to statement timeout'), 'cancelled', true],
    [fromServer('57014', 'canceling statement due to user request'), 'cancelled', false],
    [fromServer('57P01', 'terminating connection due to administrator command'), 'connection_lost', true],
    [fromServer('40P01', 'deadlock detected'), 'server_error', true],
    [fromServer('53300', 'too many connections for role "anna"'), 'server_error', true],
    [fromServer('42703', 'column "x" does not exist'), 'server_error', false],
    [fromServer('25006', 'cannot execute INSERT in a read-only transaction'), 'statement_refused', false],
    [fromNode('ENOTFOUND'), 'host_unreachable', true],
    [new AggregateError([fromNode('ECONNREFUSED'), fromNode('ECONNREFUSED')]), 'host_unreachable', true],
    [fromNode('ECONNRESET'), 'connection_lost', true],
    [new Error('Connection terminated unexpectedly'), 'connection_lost', true],
    [fromNode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls_failed', false],
  ])('%s', (error, code, retryable) => {
    const failure = toFailure(error, 'Reading reporting.sales');
    expect(failure.value).toMatchObject({ code, retryable });
    expect(failure.message).toMatch(/^Reading reporting\.sales: .+\.$/);
    expect(failure.cause).toBe(error);
  });

  it('keeps the SQLSTATE of the server', () => {
    expect(toFailure(fromServer('42P01', 'relation "x" does not exist'), 'X').value.sqlstate).toBe('42P01');
  });

  it('leaves a bug a bug', () => {
    const bug = new TypeError('undefined is not a function');
    expect(() => toFailure(bug, 'X')).toThrow(bug);
  });
});
