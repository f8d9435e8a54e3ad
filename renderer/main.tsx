import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/spotlight/styles.css';
import '@mantine/notifications/styles.css';
import './theme/tokens.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { askAhead, loadScreenAhead } from './app/ask-ahead.ts';
import { followReaderTime } from './app/reader-time.ts';
import { startApp } from './stores/start.ts';
import { installStyleNonce } from './theme/style-nonce.ts';

// Before anything is drawn: the engine answers meanwhile.
void startApp(askAhead, loadScreenAhead);
installStyleNonce();
followReaderTime();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
