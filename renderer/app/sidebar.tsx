import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconDeviceDesktop, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useEffect } from 'react';
import { modKey } from '../commands/mod-key.ts';
import { openPalette } from '../commands/palette-store.ts';
import { openShortcuts } from '../commands/shortcuts-store.ts';
import { watchAlertList } from '../stores/alerts.ts';
import { useExecutive } from '../stores/executive.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useCountedServer, useUnseenAlerts } from '../stores/seen-alerts.ts';
import mark from '../theme/daybreak.svg';
import { href, useRoute } from './router.ts';
import { LeaveExecutiveButton } from './executive-mode.tsx';
import { screensFor, type Screen } from './screens.ts';
import { ServerCard } from './server-card.tsx';
import styles from './shell.module.css';

export function Sidebar() {
  const { path } = useRoute();
  const executive = useExecutive();
  return (
    <aside aria-label="Sidebar" className={styles.sidebar}>
      <div className={styles.brand}>
        <img src={mark} alt="" className={styles.brandMark} /> Daybreak
      </div>
      <nav aria-label="Main" className={styles.nav}>
        {screensFor(executive).map((screen) => {
          const Link = screen.id === 'alerts' ? AlertsLink : NavLink;
          return <Link key={screen.id} screen={screen} current={path[0] === screen.id} />;
        })}
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
        <LeaveExecutiveButton />
        <ServerCard />
      </div>
    </aside>
  );
}

interface NavLinkProps {
  readonly screen: Pick<Screen, 'id' | 'title'>;
  readonly current: boolean;
  /** Beside the title, and what a screen reader says for it. */
  readonly badge?: { readonly text: string; readonly spoken: string; readonly critical: boolean } | undefined;
}

function NavLink({ screen: { id, title }, current, badge }: NavLinkProps) {
  return (
    <a href={href(`/${id}`)} className={styles.navLink} aria-current={current ? 'page' : undefined}>
      {title}
      {badge !== undefined && (
        <>
          <span aria-hidden className={`${styles.badge} ${badge.critical ? styles.badgeCritical : ''}`}>
            {badge.text}
          </span>
          <VisuallyHidden>{badge.spoken}</VisuallyHidden>
        </>
      )}
    </a>
  );
}

const mostCounted = 99;

/** Says on every screen that something is wrong that nobody has looked at. */
function AlertsLink(props: NavLinkProps) {
  const serverId = useCountedServer();
  useEffect(() => (serverId === null ? undefined : watchAlertList(serverId)), [serverId]);
  const { count, critical } = useUnseenAlerts(serverId);
  const text = count > mostCounted ? `${mostCounted}+` : String(count);
  const badge = count === 0 ? undefined : { text, spoken: `${text} not seen yet`, critical };
  return <NavLink {...props} badge={badge} />;
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
