import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDeviceDesktop, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { modKey } from '../commands/mod-key.ts';
import { openPalette } from '../commands/palette-store.ts';
import { openShortcuts } from '../commands/shortcuts-store.ts';
import { usePreferences } from '../stores/preferences.ts';
import mark from '../theme/daybreak.svg';
import { href, useRoute } from './router.ts';
import { screens } from './screens.ts';
import { ServerCard } from './server-card.tsx';
import styles from './shell.module.css';

export function Sidebar() {
  const { path } = useRoute();
  return (
    <aside aria-label="Sidebar" className={styles.sidebar}>
      <div className={styles.brand}>
        <img src={mark} alt="" className={styles.brandMark} /> Daybreak
      </div>
      <nav aria-label="Main" className={styles.nav}>
        {screens.map((screen) => (
          <a
            key={screen.id}
            href={href(`/${screen.id}`)}
            className={styles.navLink}
            aria-current={path[0] === screen.id ? 'page' : undefined}
          >
            {screen.title}
          </a>
        ))}
      </nav>
      <div className={styles.foot}>
        <div className={styles.tools}>
          <Tool label={`Command palette (${modKey} K)`} onClick={openPalette}>
            <IconSearch size={16} aria-hidden />
          </Tool>
          <SchemeSwitch />
          <Tool label="Keyboard shortcuts (?)" onClick={openShortcuts}>
            <IconKeyboard size={16} aria-hidden />
          </Tool>
        </div>
        <ServerCard />
      </div>
    </aside>
  );
}

const nextScheme = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const schemeWords = { auto: 'as the system', light: 'light', dark: 'dark' } as const;

function SchemeSwitch() {
  const { scheme, setScheme } = usePreferences();
  const Icon = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }[scheme];
  return (
    <Tool
      label={`Colours: ${schemeWords[scheme]}. Switch to ${schemeWords[nextScheme[scheme]]}`}
      onClick={() => setScheme(nextScheme[scheme])}
    >
      <Icon size={16} aria-hidden />
    </Tool>
  );
}

interface ToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}

function Tool({ label, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
