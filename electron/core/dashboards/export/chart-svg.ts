import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, VisualMapContinuousComponent } from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartOption } from '../../../../shared/charts/chart-option.ts';
import { fontSizePx } from '../../../../shared/charts/font-size.ts';
import type { TextMeasure } from './text-measure.ts';

use([
  AriaComponent,
  BarChart,
  GridComponent,
  HeatmapChart,
  LineChart,
  MarkLineComponent,
  SVGRenderer,
  VisualMapContinuousComponent,
]);

/** One chart as an SVG of vectors and text, without a browser (ECharts' `ssr` mode). */
export function chartSvg(option: ChartOption, width: number, height: number, measure: TextMeasure): string {
  setPlatformAPI({ measureText: (text, font) => ({ width: measuredWidth(measure, text, font) }) });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    // What moves has no place on paper, and neither has what waits for a mouse.
    const { tooltip: _, ...still } = option;
    chart.setOption({ ...still, animation: false });
    // The feet of letters at its lower edge are drawn, whatever height a font says it has.
    return chart.renderToSVGString().replace('<svg', '<svg overflow="visible"');
  } finally {
    chart.dispose();
  }
}

/** `font` is a CSS shorthand: 'bold 11px Roboto, sans-serif'. */
function measuredWidth(measure: TextMeasure, text: string, font = '12px sans-serif'): number {
  return measure.widthOf(text, fontSizePx(font), /\b(bold|[5-9]00)\b/.test(font) ? 'bold' : 'regular');
}
