/** Values of one filter at a time. */
export const mostFilterValues = 100;
/** Filters of one dashboard. */
export const mostFilters = 12;
