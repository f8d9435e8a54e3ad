import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Sunrise orange. Shade 4 carries dark text on dark surfaces, shade 8 white text on light ones (4.5:1 both). */
const dawn: MantineColorsTuple = [
  '#fff4e8',
  '#fde5cb',
  '#fbcd9c',
  '#f8b877',
  '#f5a65b',
  '#ea8f3b',
  '#d97a26',
  '#c4631a',
  '#b4530a',
  '#8f4208',
];

/** Mantine paints its dark surfaces from this scale: text first, deepest background last. */
const dark: MantineColorsTuple = [
  '#e8ecf1',
  '#c3cbd5',
  '#98a2b0',
  '#5d6775',
  '#3a4350',
  '#262d37',
  '#1c222a',
  '#161a21',
  '#0e1116',
  '#0b0e12',
];

/** Of dialogs and drawers: names of read models are long, and have no place to break. */
const title = { fontWeight: 650, lineHeight: 1.35, overflowWrap: 'anywhere' } as const;

export const theme = createTheme({
  primaryColor: 'dawn',
  primaryShade: { dark: 4, light: 8 },
  colors: { dawn, dark },
  fontFamily: 'var(--db-font)',
  fontFamilyMonospace: 'var(--db-mono)',
  fontSizes: { xs: '0.72rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.15rem' },
  fontWeights: { regular: '400', medium: '500', bold: '650' },
  defaultRadius: 6,
  respectReducedMotion: true,
  headings: {
    fontFamily: 'var(--db-font)',
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.15rem', lineHeight: '1.4' }, h2: { fontSize: '0.875rem', lineHeight: '1.4' } },
  },
  components: {
    // Ours say what they wait for, and only an element with a role may have a name.
    Skeleton: { defaultProps: { role: 'status' } },
    // Mantine picks the text colour of a filled button from the light scheme's shade: white on our dark scheme's orange.
    Button: {
      defaultProps: { size: 'sm', variant: 'default' },
      vars: (_theme: unknown, { variant, color }: { variant?: string; color?: string }) => ({
        root: variant === 'filled' && color === undefined ? { '--button-color': 'var(--db-on-accent)' } : {},
      }),
    },
    // What ticks and names a filled choice is white in Mantine, which nobody reads on the orange of the dark scheme.
    Checkbox: { vars: () => ({ root: { '--checkbox-icon-color': 'var(--db-on-accent)' } }) },
    Chip: {
      vars: (_theme: unknown, { variant }: { variant?: string }) => ({
        root: variant === 'outline' ? {} : { '--chip-color': 'var(--db-on-accent)' },
      }),
    },
    // Descriptions below, so that fields of one row stand on one line.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 420 } },
    // The first entry has the focus at once: Mantine's placeholder for it is no entry, which a menu may not hold.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, menuItemTabIndex: 0 } },
    Drawer: { styles: { title } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.5 } },
      styles: { title },
    },
  },
});

/** Mantine's own surfaces on our tokens, so that both speak one palette. */
export const mantineVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--db-surface-raised)',
    '--mantine-color-text': 'var(--db-text)',
    '--mantine-color-dimmed': 'var(--db-text-dim)',
    '--mantine-color-default': 'var(--db-surface)',
    '--mantine-color-default-hover': 'var(--db-surface-hover)',
    '--mantine-color-default-color': 'var(--db-text)',
    '--mantine-color-default-border': 'var(--db-border)',
    '--mantine-color-placeholder': 'var(--db-text-dim)',
    '--mantine-color-error': 'var(--db-bad)',
    '--mantine-color-anchor': 'var(--db-accent)',
  };
  // Mantine's own is the colour of our raised surface: what is disabled in a drawer would look like loose words.
  const dark = { ...shared, '--mantine-color-disabled': 'var(--mantine-color-dark-5)' };
  return { variables: {}, dark, light: shared };
};
