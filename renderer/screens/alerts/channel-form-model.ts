import type { UseFormReturnType } from '@mantine/form';
import {
  desktopChannelId,
  isReadable,
  type Channel,
  type ChannelDraft,
  type ChannelTarget,
  type EmailTarget,
} from '../../../shared/model/alert-channel.ts';
import type { AlertSeverity } from '../../../shared/model/alert-severity.ts';

/** A channel as text fields hold it. */
export interface ChannelValues {
  readonly label: string;
  readonly enabled: boolean;
  readonly host: string;
  readonly port: string;
  readonly security: EmailTarget['security'];
  readonly caFile: string;
  readonly user: string;
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly secret: string;
  readonly quiet: boolean;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly timeZone: string;
  /** '1' Monday to '7' Sunday. */
  readonly weekdays: string[];
  readonly exceptFrom: AlertSeverity | 'none';
}

export type ChannelFields = UseFormReturnType<ChannelValues>;

export const usualPorts: Readonly<Record<EmailTarget['security'], string>> = {
  starttls: '587',
  tls: '465',
  none: '25',
};

/** A channel that nobody has filled in; it has no id yet. */
export function newChannel(kind: 'email' | 'webhook'): Channel {
  const target: ChannelTarget =
    kind === 'email'
      ? { kind, host: '', port: 587, security: 'starttls', caFile: null, user: null, from: '', to: [] }
      : { kind, url: '' };
  return { channelId: '', label: '', enabled: true, target, quiet: null };
}

export function toValues({ label, enabled, target, quiet }: Channel, timeZone: string): ChannelValues {
  const email = target.kind === 'email' ? target : null;
  return {
    label,
    enabled,
    host: email?.host ?? '',
    port: String(email?.port ?? 587),
    security: email?.security ?? 'starttls',
    caFile: email?.caFile ?? '',
    user: email?.user ?? '',
    from: email?.from ?? '',
    to: email?.to.join(', ') ?? '',
    url: target.kind === 'webhook' ? target.url : '',
    secret: '',
    quiet: quiet !== null,
    quietFrom: quiet?.from ?? '22:00',
    quietTo: quiet?.to ?? '07:00',
    timeZone: quiet?.timeZone ?? timeZone,
    weekdays: (quiet?.weekdays ?? [1, 2, 3, 4, 5, 6, 7]).map(String),
    exceptFrom: quiet === null ? 'critical' : (quiet.exceptFrom ?? 'none'),
  };
}

export function toDraft(channel: Channel, values: ChannelValues): ChannelDraft {
  const { label, enabled } = values;
  return {
    ...(channel.channelId === '' ? {} : { channelId: channel.channelId }),
    label: label.trim(),
    enabled,
    target: targetOf(channel.target.kind, values),
    quiet: values.quiet
      ? {
          from: values.quietFrom,
          to: values.quietTo,
          timeZone: values.timeZone.trim(),
          weekdays: values.weekdays.map(Number).toSorted((one, other) => one - other),
          exceptFrom: values.exceptFrom === 'none' ? null : values.exceptFrom,
        }
      : null,
  };
}

function targetOf(kind: ChannelTarget['kind'], values: ChannelValues): ChannelTarget {
  switch (kind) {
    case 'desktop':
      return { kind };
    case 'webhook':
      return { kind, url: values.url.trim() };
    case 'email':
      return {
        kind,
        host: values.host.trim(),
        port: Number(values.port),
        security: values.security,
        caFile: textOrNull(values.caFile),
        user: textOrNull(values.user),
        from: values.from.trim(),
        to: mailboxes(values.to),
      };
  }
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const mailboxes = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

const mailbox = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/;
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong in the form, by field; the engine checks it again. */
export function validateFor(kind: ChannelTarget['kind']): (values: ChannelValues) => Record<string, string | null> {
  return (values) => ({
    label: values.label.trim() === '' ? 'Give it a name' : null,
    ...(kind === 'email' ? emailProblems(values) : {}),
    ...(kind === 'webhook' ? { url: urlProblem(values.url) } : {}),
    ...(values.quiet ? quietProblems(values) : {}),
  });
}

function emailProblems(values: ChannelValues): Record<string, string | null> {
  const port = Number(values.port);
  const to = mailboxes(values.to);
  const wrong = to.find((one) => !mailbox.test(one));
  return {
    host: values.host.trim() === '' ? 'Name the mail server' : null,
    port: Number.isInteger(port) && port >= 1 && port <= 65_535 ? null : 'A port from 1 to 65535',
    from: mailbox.test(values.from.trim()) ? null : 'An address such as daybreak@example.com',
    to: to.length === 0 ? 'At least one address' : wrong === undefined ? null : `${wrong} is no address`,
  };
}

function urlProblem(url: string): string | null {
  if (!URL.canParse(url.trim())) return 'An address such as https://example.com/hooks/daybreak';
  const address = new URL(url.trim());
  const { protocol, username, password } = address;
  if (protocol !== 'https:' && protocol !== 'http:') return 'An address that begins with https:// or http://';
  if (isReadable(address)) return 'https://, except for a receiver on this machine';
  return username === '' && password === '' ? null : 'Without a password in it: messages are signed instead';
}

function quietProblems(values: ChannelValues): Record<string, string | null> {
  return {
    quietFrom: timeOfDay.test(values.quietFrom) ? null : 'A time such as 22:00',
    quietTo: timeOfDay.test(values.quietTo) ? null : 'A time such as 07:00',
    timeZone: isZone(values.timeZone.trim()) ? null : 'A time zone such as Europe/Berlin',
    weekdays: values.weekdays.length === 0 ? 'At least one day' : null,
  };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

export const isDesktop = ({ channelId }: Channel): boolean => channelId === desktopChannelId;
