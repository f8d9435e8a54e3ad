import { describe, expect, test } from 'vitest';
import { newChannel, toDraft, toValues, validateFor } from '../../../../renderer/screens/alerts/channel-form-model.ts';
import { channelDraftSchema, type Channel } from '../../../../shared/model/alert-channel.ts';

const mail: Channel = {
  channelId: 'mail',
  label: 'DBAs on duty',
  enabled: true,
  target: {
    kind: 'email',
    host: 'smtp.example.com',
    port: 587,
    security: 'starttls',
    caFile: null,
    user: 'daybreak',
    from: 'daybreak@example.com',
    to: ['anna@example.com', 'bob@example.com'],
  },
  quiet: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', weekdays: [1, 5], exceptFrom: null },
};

describe('the form of a channel', () => {
  test('gives back what it was given', () => {
    expect(toDraft(mail, toValues(mail, 'UTC'))).toEqual(mail);
    const hook: Channel = { ...mail, target: { kind: 'webhook', url: 'https://example.com/a' }, quiet: null };
    expect(toDraft(hook, toValues(hook, 'UTC'))).toEqual(hook);
  });

  test('makes a new one without an id, which the contract takes', () => {
    const values = { ...toValues(newChannel('webhook'), 'UTC'), label: ' Room ', url: ' https://example.com/a ' };
    const draft = toDraft(newChannel('webhook'), values);
    expect(draft).toEqual({
      label: 'Room',
      enabled: true,
      target: { kind: 'webhook', url: 'https://example.com/a' },
      quiet: null,
    });
    expect(channelDraftSchema.parse(draft)).toEqual(draft);
  });

  test('takes addresses as people separate them, and says which is none', () => {
    const values = { ...toValues(mail, 'UTC'), to: 'anna@example.com; bob@example.com,\ncarl' };
    expect(validateFor('email')(values)['to']).toBe('carl is no address');
    expect(toDraft(mail, { ...values, to: 'a@b.c;d@e.f' }).target).toMatchObject({ to: ['a@b.c', 'd@e.f'] });
  });

  test('wants times, a zone and a day where it is quiet at all', () => {
    const values = { ...toValues(mail, 'UTC'), quietFrom: '25:00', timeZone: 'Berlin', weekdays: [] };
    const wrong = validateFor('email')(values);
    expect([wrong['quietFrom'], wrong['timeZone'], wrong['weekdays']].every((one) => typeof one === 'string')).toBe(
      true,
    );
    expect(validateFor('email')({ ...values, quiet: false })['quietFrom']).toBeUndefined();
  });

  test('wants a web address without a password for a webhook', () => {
    const url = (text: string) =>
      validateFor('webhook')({ ...toValues(newChannel('webhook'), 'UTC'), url: text })['url'];
    expect(url('https://example.com/hook')).toBeNull();
    expect(url('http://localhost:8080/hook')).toBeNull();
    expect(url('http://example.com/hook')).toContain('https://');
    expect(url('example.com')).not.toBeNull();
    expect(url('ftp://example.com')).not.toBeNull();
    expect(url('https://a:b@example.com')).not.toBeNull();
  });
});
