import { assertNever } from '../../../../shared/model/failure.ts';
import { dashboardSvg } from './dashboard-svg.ts';
import { drawing, type Drawing } from './drawing.ts';
import { exportFonts } from './export-fonts.ts';
import type { ExportedWidget, ExportJob, RenderedExport } from './export-job.ts';
import { exportPalettes } from './palettes.ts';
import { pdfDocument } from './pdf-document.ts';
import { pdfOf } from './pdf.ts';
import { pngOf } from './png.ts';
import { undrawable } from './text-measure.ts';
import { widgetSvg, type SvgPicture } from './widget-svg.ts';

/** Draws one export. Pure but for the fonts: the same job gives the same picture. */
export async function renderExport(job: ExportJob): Promise<RenderedExport> {
  const { measure } = exportFonts();
  // Paper is white, whatever the screen is.
  const draw = drawing(exportPalettes[job.format === 'pdf' ? 'light' : job.setting.theme], measure);
  const { bytes, notices } = await rendered(job, draw);
  // An SVG takes the fonts of whoever looks at it.
  const missing = job.format === 'svg' ? null : missingNotice(undrawable(measure, textsOf(job)));
  return { bytes, notices: missing === null ? notices : [...notices, missing] };
}

async function rendered(job: ExportJob, draw: Drawing): Promise<RenderedExport> {
  switch (job.format) {
    case 'svg': {
      const { svg, notices } = pictureOf(job, draw);
      return { bytes: new TextEncoder().encode(svg), notices };
    }
    case 'png': {
      const { svg, notices } = pictureOf(job, draw);
      return { bytes: await pngOf(svg), notices };
    }
    case 'pdf': {
      const { setting, paper } = job;
      const widgets = widgetsOf(job);
      const title = job.kind === 'dashboard' ? job.title : job.widget.title;
      const { definition, notices } = pdfDocument(
        { title, widgets, setting, paper, alone: job.kind === 'widget' },
        draw,
      );
      return { bytes: await pdfOf(definition), notices };
    }
    default:
      return assertNever(job.format);
  }
}

function pictureOf(job: ExportJob, draw: Drawing): SvgPicture {
  if (job.kind === 'dashboard') return dashboardSvg(job.title, job.widgets, job.setting, draw);
  return widgetSvg({ widget: job.widget, data: job.data, absent: null }, job.setting, draw);
}

const widgetsOf = (job: ExportJob): readonly ExportedWidget[] =>
  job.kind === 'dashboard' ? job.widgets : [{ widget: job.widget, data: job.data, absent: null }];

function* textsOf(job: ExportJob): Generator<string> {
  yield job.setting.serverLabel;
  for (const { title, text } of job.setting.filters) yield `${title} ${text}`;
  if (job.kind === 'dashboard') yield job.title;
  for (const { widget, data } of widgetsOf(job)) {
    yield widget.title;
    yield widget.question;
    for (const row of data?.rows ?? []) for (const cell of row) if (cell !== null) yield cell;
  }
}

function missingNotice(missing: readonly string[]): string | null {
  if (missing.length === 0) return null;
  const shown = missing.slice(0, 12).join(' ');
  const more = missing.length > 12 ? ` and ${missing.length - 12} more` : '';
  return `The typeface of pictures and PDF has no ${shown}${more}: boxes stand in their place. SVG and CSV have every character.`;
}
