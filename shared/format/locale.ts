/** Locales that are offered; any other BCP 47 tag can be typed. */
export const usualLocales = ['en-GB', 'en-US', 'de-DE', 'de-CH', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pl-PL', 'ja-JP'];

/** Currencies that are offered; any other ISO 4217 code can be typed. */
export const usualCurrencies = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'PLN', 'JPY'];

/** True for a BCP 47 tag that this machine can format numbers by. */
export function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf([tag]).length === 1;
  } catch {
    return false; // a RangeError: no tag at all
  }
}

/** True for the three letters of a currency that this machine knows. */
export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}
