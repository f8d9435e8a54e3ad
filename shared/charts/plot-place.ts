/** A place in the plot in the units of its axes: index of a category, value of a number or moment, ms. */
export interface PlotPlace {
  readonly x: number;
  readonly y: number;
}
