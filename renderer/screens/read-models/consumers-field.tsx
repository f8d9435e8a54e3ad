import { ActionIcon, Button, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Consumer } from '../../../shared/model/read-model.ts';
import { BudgetField } from '../../app/budget-field.tsx';
import styles from './read-models.module.css';

interface ConsumersFieldProps {
  readonly consumers: readonly Consumer[];
  readonly onChange: (consumers: Consumer[]) => void;
  readonly error: string | undefined;
}

const usualBudgetMinutes = 30;

/** Who reads it, who speaks for each reader, and how old the numbers may be for them. */
export function ConsumersField({ consumers, onChange, error }: ConsumersFieldProps) {
  const change = (index: number, changes: Partial<Consumer>) =>
    onChange(consumers.map((consumer, at) => (at === index ? { ...consumer, ...changes } : consumer)));
  return (
    <div>
      {consumers.map((consumer, index) => (
        <div key={index} className={styles.consumer}>
          <TextInput
            aria-label={`Consumer ${index + 1}`}
            placeholder="widget:… or a program"
            value={consumer.consumer}
            onChange={(event) => change(index, { consumer: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Owner of consumer ${index + 1}`}
            placeholder="owner"
            value={consumer.owner}
            onChange={(event) => change(index, { owner: event.currentTarget.value })}
          />
          <BudgetField
            label={`Budget of consumer ${index + 1}`}
            budget={consumer.budget}
            onChange={(budget) => change(index, { budget })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove consumer ${index + 1}`}
            onClick={() => onChange(consumers.filter((_, at) => at !== index))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {error !== undefined && (
        <Text size="xs" c="var(--db-bad)" mt={4}>
          {error}
        </Text>
      )}
      <Button
        mt={6}
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...consumers, { consumer: '', owner: '', budget: { minutes: usualBudgetMinutes } }])}
      >
        Add a consumer
      </Button>
    </div>
  );
}
