import pdfMake from 'pdfmake';
import type { TDocumentDefinitions } from 'pdfmake/interfaces';
import { exportFonts } from './export-fonts.ts';
import { exportFontFamily } from './svg-markup.ts';

/** A definition as a PDF. Nothing is read but the two fonts, and nothing comes from a network. */
export async function pdfOf(definition: TDocumentDefinitions): Promise<Uint8Array> {
  const { regularFile, boldFile } = exportFonts();
  pdfMake.setUrlAccessPolicy(() => false);
  pdfMake.setLocalAccessPolicy((path) => path === regularFile || path === boldFile);
  pdfMake.setFonts({
    [exportFontFamily]: { normal: regularFile, bold: boldFile, italics: regularFile, bolditalics: boldFile },
  });
  return pdfMake.createPdf(definition).getBuffer();
}
