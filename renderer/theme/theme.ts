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

export const theme = createTheme({
  primaryColor: 'dawn',
  primaryShade: { dark: 4, light: 8 },
  colors: { dawn },
  autoContrast: true,
  luminanceThreshold: 0.4,
  fontFamily: 'var(--db-font)',
  fontFamilyMonospace: 'var(--db-mono)',
  fontSizes: { xs: '0.72rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.15rem' },
  defaultRadius: 6,
  respectReducedMotion: true,
  headings: {
    fontFamily: 'var(--db-font)',
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.15rem', lineHeight: '1.4' }, h2: { fontSize: '0.875rem', lineHeight: '1.4' } },
  },
  components: {
    Button: { defaultProps: { size: 'sm', variant: 'default' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 420 } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.5 } } },
  },
});

/** Mantine's own surfaces on our tokens, so that both speak one palette. */
export const mantineVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--db-bg)',
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
  return { variables: {}, dark: shared, light: shared };
};
