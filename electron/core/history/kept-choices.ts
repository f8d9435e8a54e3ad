/** Under which widget id the values of a choice filter are saved beside the results of widgets. */
export const choicesKeptAs = (filterId: string): string => `filter:${filterId}`;
