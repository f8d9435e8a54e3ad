import { describe, expect, it } from 'vitest';
import {
  emptyValues,
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
});
