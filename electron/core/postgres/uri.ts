import { Failure } from '../../../shared/model/failure.ts';
import { settingsFromParameters, type ParsedConnection } from './parameters.ts';
import { loadServices } from './service-file.ts';
import type { Environment } from './user-files.ts';

/** Never shows what was pasted: there may be a password in it, and where it starts is just what is unclear. */
const unreadable = (why: string): Failure =>
  new Failure({
    code: 'invalid_input',
    message: `This is no connection text that can be read: ${why}. Paste a URI (postgresql://user@host:5432/database?sslmode=require) or keywords (host=... port=... dbname=... user=...).`,
  });

/**
 * A libpq URI, a JDBC one, or a keyword/value string -> settings and password. `service=` is looked up in the service
 * file; what is written wins over it, and both win over the environment. Throws `invalid_input`.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export function parseConnectionText(text: string, env: Environment): ParsedConnection {
  const trimmed = text.trim();
  if (trimmed === '') throw unreadable('it is empty');
  const uri = /^(?:jdbc:)?postgres(?:ql)?:\/\/(.*)$/is.exec(trimmed)?.[1];
  if (uri === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) throw unreadable('it is a URI of something else');
  const written = uri === undefined ? parseKeywords(trimmed) : parseUri(uri);
  const service = written.get('service') ?? (env['PGSERVICE'] || undefined);
  written.delete('service');
  if (service === undefined) return settingsFromParameters(written, env);

  const found = loadServices(env).get(service);
  if (found === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `There is no service ${JSON.stringify(service)} in the service file. Check its spelling, or PGSERVICEFILE.`,
    });
  }
  const parsed = settingsFromParameters(new Map([...found, ...written]), env);
  return { ...parsed, settings: { ...parsed.settings, label: service.slice(0, 120) } };
}

/** What follows `postgresql://`: `[user[:password]@][host][:port][,...][/database][?parameter=value[&...]]`. */
function parseUri(rest: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const put = (name: string, encoded: string | undefined) => {
    if (encoded) parameters.set(name, decoded(encoded));
  };
  const [beforeQuery = '', query = ''] = splitOnce(rest, '?');
  // The last @ ends the login: no host name holds one, and passwords are often pasted with theirs unescaped.
  const lastAt = beforeQuery.lastIndexOf('@');
  const loginEnd = /^[^:@]*\//.test(beforeQuery.slice(0, lastAt)) ? -1 : lastAt; // host/data@base has no login
  const [user = '', password] = loginEnd < 0 ? [] : splitOnce(beforeQuery.slice(0, loginEnd), ':');
  put('user', user);
  put('password', password);
  const [authority = '', database] = splitOnce(beforeQuery.slice(loginEnd + 1), '/');
  if (authority.includes(',')) {
    throw new Failure({
      code: 'invalid_input',
      message: 'The URI names several hosts. Connect to each of them as a server of its own.',
    });
  }
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(authority);
  if (parts === null) throw unreadable('host and port are not written as host:port, or [address]:port for IPv6');
  put('host', parts[1] ?? parts[2]);
  put('port', parts[3]);
  put('dbname', database);
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name = '', value] = splitOnce(pair, '=');
    if (value === undefined) throw unreadable('a parameter after the ? has no value');
    parameters.set(decoded(name), decoded(value));
  }
  return parameters;
}

/** `host=db port=5432 password='it\'s'`: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
function parseKeywords(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/gsy;
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text);
    if (found === null) throw unreadable('it is not a list of keyword=value pairs');
    parameters.set(found[1] ?? '', (found[2] ?? found[3] ?? '').replace(/\\(.)/gs, '$1'));
  }
  return parameters;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable('a % is not followed by two hexadecimal digits. Write %25 for a % in a password');
  }
}
