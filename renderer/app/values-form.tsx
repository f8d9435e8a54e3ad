import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { MissingValue } from '../../shared/model/explain.ts';
import styles from './values-form.module.css';

interface ValuesFormProps {
  readonly missing: readonly MissingValue[];
  readonly initial?: Readonly<Record<string, string>>;
  readonly submitLabel?: string;
  /** The values are known and others are wished for; left out: nobody but the person knows them. */
  readonly known?: boolean;
  readonly onSubmit: (values: Readonly<Record<string, string>>) => void;
  /** Left out where there is nothing to go back to. */
  readonly onClose?: () => void;
}

/** Constants that neither samples nor statistics know: the person types each as SQL would write it. */
export function ValuesForm({
  missing,
  initial = {},
  submitLabel = 'Explain with these',
  known = false,
  onSubmit,
  onClose,
}: ValuesFormProps): ReactNode {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(initial);
  const first = useRef<HTMLInputElement>(null);
  // Whoever asked for the form types next, and a screen reader must hear that it is there.
  useEffect(() => first.current?.focus(), []);
  const complete = missing.every(({ name }) => (values[name] ?? '').trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete) onSubmit(Object.fromEntries(missing.map(({ name }) => [name, (values[name] ?? '').trim()])));
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label="Values of the statement">
      <p>
        {!known && 'The statistics keep the statement without its constants, and these could not be found again. '}
        Write each value as SQL does: <code>42</code>, <code>&apos;open&apos;</code>,{' '}
        <code>date &apos;2026-01-01&apos;</code>.
      </p>
      {missing.map(({ name, type, context }, index) => (
        <TextInput
          key={name}
          size="xs"
          label={type === null ? name : `${name}, ${type}`}
          description={context === '' ? undefined : context}
          value={values[name] ?? ''}
          onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          ref={index === 0 ? first : null}
        />
      ))}
      <div className={styles.buttons}>
        {onClose !== undefined && (
          <Button size="compact-sm" onClick={onClose}>
            Never mind
          </Button>
        )}
        <Button size="compact-sm" type="submit" variant="filled" disabled={!complete}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
