import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import { init, setPlatformAPI, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { textWidth } from './text-width.ts';

/** Only what is used: all of ECharts with Mantine is 3.6 MB unminified. */
use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
]);

setPlatformAPI({ measureText: (text, font) => ({ width: textWidth(text, font) }) });

export { init, type ECharts };
