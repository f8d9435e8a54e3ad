import { Chip, Input, Select, Switch, TextInput } from '@mantine/core';
import styles from './alerts.module.css';
import type { ChannelFields } from './channel-form-model.ts';

const days = [
  { value: '1', label: 'Mon' },
  { value: '2', label: 'Tue' },
  { value: '3', label: 'Wed' },
  { value: '4', label: 'Thu' },
  { value: '5', label: 'Fri' },
  { value: '6', label: 'Sat' },
  { value: '7', label: 'Sun' },
] as const;

/** When a channel is quiet, and what comes through all the same. */
export function QuietFields({ form }: { readonly form: ChannelFields }) {
  const { quiet } = form.getValues();
  return (
    <>
      <Switch
        label="Quiet hours"
        description="What comes up then is held back and sent as one message when they end"
        key={form.key('quiet')}
        {...form.getInputProps('quiet', { type: 'checkbox' })}
      />
      {quiet && (
        <>
          <TextInput
            className={styles.third}
            label="From"
            placeholder="22:00"
            key={form.key('quietFrom')}
            {...form.getInputProps('quietFrom')}
          />
          <TextInput
            className={styles.third}
            label="To"
            placeholder="07:00"
            key={form.key('quietTo')}
            {...form.getInputProps('quietTo')}
          />
          <TextInput
            className={styles.third}
            label="Time zone"
            spellCheck={false}
            key={form.key('timeZone')}
            {...form.getInputProps('timeZone')}
          />
          <Input.Wrapper label="On days" description="on which they begin" error={form.errors['weekdays']}>
            <Chip.Group
              multiple
              value={form.getValues().weekdays}
              onChange={(value) => form.setFieldValue('weekdays', value)}
            >
              <div className={styles.days} role="group" aria-label="Days on which quiet hours begin">
                {days.map(({ value, label }) => (
                  <Chip key={value} value={value} size="xs" variant="outline">
                    {label}
                  </Chip>
                ))}
              </div>
            </Chip.Group>
          </Input.Wrapper>
          <Select
            label="Comes through at any hour"
            allowDeselect={false}
            data={[
              { value: 'critical', label: 'What is critical' },
              { value: 'warning', label: 'Warnings and what is critical' },
              { value: 'none', label: 'Nothing' },
            ]}
            key={form.key('exceptFrom')}
            {...form.getInputProps('exceptFrom')}
          />
        </>
      )}
    </>
  );
}
