import { describe, expect, it } from 'vitest';
import {
  draftToSave,
  draftToTest,
  emptyValues,
  passwordPlaceholder,
  sameTarget,
  toSettings,
  toValues,
  validate,
} from '../../../../renderer/screens/connections/form-model.ts';
import { connectionSettingsSchema } from '../../../../shared/model/connection.ts';

const filled = { ...emptyValues, label: ' erp ', host: 'db.example.net', database: 'erp', user: 'daybreak' };

describe('the connection form', () => {
  it('sends what the contract accepts once it has no errors', () => {
    expect(validate(filled)).toEqual({});
    expect(connectionSettingsSchema.safeParse(toSettings(filled)).success).toBe(true);
  });

  it('shows settings as they are stored, with nothing for a password', () => {
    const settings = toSettings({ ...filled, cores: '8', passfile: '/p', tlsCaFile: '/ca.pem' });
    expect(toSettings(toValues(settings))).toEqual(settings);
    expect(toValues(settings).password).toBe('');
  });

  it('names each field that has to be mended', () => {
    const errors = validate({ ...emptyValues, port: '70000', cores: '1.5', readModelSchema: 'ü'.repeat(32) });
    expect(Object.keys(errors).sort()).toEqual([
      'cores',
      'database',
      'host',
      'label',
      'port',
      'readModelSchema',
      'user',
    ]);
  });

  it('starts from production and full verification', () => {
    expect(emptyValues).toMatchObject({ environment: 'production', tlsMode: 'verify-full' });
  });

  it('lets a stored password go only to the target that it was stored for', () => {
    const stored = toSettings(filled);
    expect(sameTarget(stored, { ...stored, label: 'other', cores: 4 })).toBe(true);
    expect(sameTarget(stored, { ...stored, host: 'elsewhere' })).toBe(false);
    expect(sameTarget(stored, { ...stored, tlsMode: 'disable' })).toBe(false);
  });

  it('saves again into the connection that the first save stored', () => {
    const values = { ...filled, password: 'wrong' };
    expect(draftToSave(values, 'pasted', null)).toEqual({
      settings: toSettings(values),
      password: 'wrong',
      secretId: 'pasted',
    });
    const known = { serverId: 's1', settings: toSettings(values), hasPassword: true };
    expect(draftToSave({ ...values, host: 'mended.example.net', password: '' }, undefined, known)).toEqual({
      settings: { ...toSettings(values), host: 'mended.example.net' },
      serverId: 's1',
    });
  });

  it('tests with the stored password while the target is the stored one', () => {
    const known = { serverId: 's1', settings: toSettings(filled), hasPassword: true };
    expect(draftToTest(filled, undefined, known)).toMatchObject({ serverId: 's1' });
    expect(draftToTest({ ...filled, host: 'elsewhere' }, undefined, known)).not.toHaveProperty('serverId');
  });

  it('says where the password comes from', () => {
    const known = { serverId: 's1', settings: toSettings(filled), hasPassword: true };
    expect(passwordPlaceholder(null, undefined)).toBe('');
    expect(passwordPlaceholder(null, 'pasted')).toBe('taken from the address');
    expect(passwordPlaceholder(known, undefined)).toBe('kept; type to replace it');
  });
});
