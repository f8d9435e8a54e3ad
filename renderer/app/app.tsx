import { Button, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { startApp, useStart } from '../stores/start.ts';
import { preferredScheme } from '../stores/preferences.ts';
import { styleNonce } from '../theme/style-nonce.ts';
import { mantineVariables, theme } from '../theme/theme.ts';
import { EmptyState } from './empty-state.tsx';
import { NoKeyPage } from './no-key-page.tsx';
import { Shell } from './shell.tsx';
import styles from './shell.module.css';

const scheme = preferredScheme();

export function App() {
  useEffect(() => {
    void startApp();
  }, []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={mantineVariables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      {...(styleNonce === undefined ? {} : { getStyleNonce: () => styleNonce ?? '' })}
    >
      <Notifications position="bottom-right" limit={3} />
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
