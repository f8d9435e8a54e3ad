import { Button, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useStart } from '../stores/start.ts';
import { preferredScheme } from '../stores/preferences.ts';
import { styleNonce } from '../theme/style-nonce.ts';
import { mantineVariables, theme } from '../theme/theme.ts';
import { EmptyState } from './empty-state.tsx';
import { NoKeyPage } from './no-key-page.tsx';
import { Shell } from './shell.tsx';
import styles from './shell.module.css';

const scheme = preferredScheme();

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={mantineVariables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      {...(styleNonce === undefined ? {} : { getStyleNonce: () => styleNonce ?? '' })}
    >
      {/* What is wrong stays until it is closed: what a person has just done must not wait behind three of it. */}
      <Notifications position="bottom-right" limit={6} />
      <Stage />
    </MantineProvider>
  );
}

function Stage() {
  const { state, message } = useStart();
  switch (state) {
    case 'opening':
      return <div className={styles.loading}>Opening Daybreak …</div>;
    case 'no_key':
      return <NoKeyPage />;
    case 'failed':
      return (
        <main className={styles.lonely}>
          <EmptyState
            title="Daybreak’s engine does not answer"
            actions={<Button onClick={() => location.reload()}>Try again</Button>}
          >
            {message}
          </EmptyState>
        </main>
      );
    case 'open':
      return <Shell />;
  }
}
