import type { ConnectionSettings, Environment, ServerSummary, TlsMode } from '../../../shared/model/connection.ts';
import type { ConnectionDraft } from '../../stores/connections.ts';
import {
  emptyTunnel,
  toTunnel,
  toTunnelValues,
  typedSecrets,
  validateTunnel,
  type TunnelValues,
} from './tunnel-model.ts';

/** The form's fields as a person edits them: everything is text until it is sent. */
export interface ConnectionValues {
  readonly label: string;
  readonly environment: Environment;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tlsMode: TlsMode;
  readonly tlsCaFile: string;
  readonly passfile: string;
  readonly cores: string;
  readonly readModelSchema: string;
  readonly readOnly: boolean;
  readonly tunnel: TunnelValues;
}

/** A stranger's server is production until somebody says otherwise, and is verified until somebody says otherwise. */
export const emptyValues: ConnectionValues = {
  label: '',
  environment: 'production',
  host: '',
  port: '5432',
  database: '',
  user: '',
  password: '',
  tlsMode: 'verify-full',
  tlsCaFile: '',
  passfile: '',
  cores: '',
  readModelSchema: 'reporting',
  readOnly: false,
  tunnel: emptyTunnel,
};

export function toValues(settings: ConnectionSettings): ConnectionValues {
  return {
    label: settings.label,
    environment: settings.environment,
    host: settings.host,
    port: String(settings.port),
    database: settings.database,
    user: settings.user,
    password: '',
    tlsMode: settings.tlsMode,
    tlsCaFile: settings.tlsCaFile ?? '',
    passfile: settings.passfile ?? '',
    cores: settings.cores === null ? '' : String(settings.cores),
    readModelSchema: settings.readModelSchema,
    readOnly: settings.readOnly ?? false,
    tunnel: toTunnelValues(settings.tunnel),
  };
}

const textOrNull = (text: string) => (text.trim() === '' ? null : text.trim());

export function toSettings(values: ConnectionValues): ConnectionSettings {
  const tunnel = toTunnel(values.tunnel);
  return {
    label: values.label.trim(),
    environment: values.environment,
    host: values.host.trim(),
    port: Number(values.port),
    database: values.database.trim(),
    user: values.user.trim(),
    tlsMode: values.tlsMode,
    tlsCaFile: textOrNull(values.tlsCaFile),
    passfile: textOrNull(values.passfile),
    cores: values.cores.trim() === '' ? null : Number(values.cores),
    readModelSchema: values.readModelSchema.trim(),
    ...(tunnel === undefined ? {} : { tunnel }),
    ...(values.readOnly ? { readOnly: true } : {}),
  };
}

/** By field; those of the tunnel are `tunnel.host` and so on. */
export type FieldErrors = Partial<Record<keyof ConnectionValues, string>> & Readonly<Record<string, string>>;

/** What has to be mended before the form can be sent. */
export function validate(values: ConnectionValues): FieldErrors {
  const errors: Partial<Record<keyof ConnectionValues, string>> = {};
  if (values.label.trim() === '') errors.label = 'Give the connection a name';
  if (values.host.trim() === '') errors.host = 'A host name, an address, or the directory of a socket';
  if (!isWhole(values.port, 1, 65_535)) errors.port = 'A number from 1 to 65535';
  if (values.database.trim() === '') errors.database = 'The database of the ERP';
  if (values.user.trim() === '') errors.user = 'The role to log in as';
  if (values.cores.trim() !== '' && !isWhole(values.cores, 1, 4096)) errors.cores = 'A whole number, or empty';
  const schemaBytes = new TextEncoder().encode(values.readModelSchema.trim()).length;
  if (schemaBytes < 1 || schemaBytes > 63) errors.readModelSchema = 'A schema name of 1 to 63 bytes';
  return { ...errors, ...validateTunnel(values.tunnel) } as FieldErrors;
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

/** A directory instead of a host name: PostgreSQL's Unix socket, where TLS does not exist. */
export const isSocket = (host: string) => host.trim().startsWith('/');

/** True when both lead to the same login: a stored password may be used for the test without being typed again. */
export function sameTarget(a: ConnectionSettings, b: ConnectionSettings): boolean {
  return (
    a.host === b.host &&
    a.port === b.port &&
    a.database === b.database &&
    a.user === b.user &&
    a.tlsMode === b.tlsMode &&
    a.tlsCaFile === b.tlsCaFile &&
    a.passfile === b.passfile &&
    JSON.stringify(a.tunnel) === JSON.stringify(b.tunnel)
  );
}

/** What the form knows of the stored connection: null while nothing is stored. */
type Known = Pick<ServerSummary, 'serverId' | 'settings' | 'hasPassword'> | null;

/** What saving sends. `known` is the connection that was stored before, so that saving again changes that one. */
export function draftToSave(values: ConnectionValues, secretId: string | undefined, known: Known): ConnectionDraft {
  const tunnelSecrets = typedSecrets(values.tunnel);
  return {
    settings: { ...toSettings(values), ...(known?.settings.executive === true ? { executive: true } : {}) },
    ...(values.password === '' ? {} : { password: values.password }),
    ...(secretId === undefined ? {} : { secretId }),
    ...(tunnelSecrets === undefined ? {} : { tunnelSecrets }),
    ...(known === null ? {} : { serverId: known.serverId }),
  };
}

/** What a test sends: a stored password is tried only against the target that it was stored for. */
export function draftToTest(values: ConnectionValues, secretId: string | undefined, known: Known): ConnectionDraft {
  const unchanged = known !== null && sameTarget(known.settings, toSettings(values));
  const draft = draftToSave(values, secretId, unchanged ? known : null);
  return known === null ? draft : { ...draft, tunnelSecretsOf: known.serverId };
}

/** What the empty password field says. */
export function passwordPlaceholder(known: Known, secretId: string | undefined): string {
  if (secretId !== undefined) return 'taken from the address';
  return known?.hasPassword === true ? 'kept; type to replace it' : '';
}
