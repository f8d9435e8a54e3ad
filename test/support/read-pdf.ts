import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface ReadPdf {
  readonly title: string;
  readonly subject: string;
  readonly pages: readonly ReadPage[];
}

export interface ReadPage {
  readonly widthPt: number;
  readonly heightPt: number;
  /** What searching finds, spaces and line ends as one space. */
  readonly text: string;
  /** Paths that are filled or stroked: lines, bars, areas. */
  readonly vectors: number;
  readonly images: number;
}

/** A PDF as a reader sees it, by pdf.js. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(bytes), useSystemFonts: false, verbosity: 0 });
  const document = await task.promise;
  try {
    const { info } = await document.getMetadata();
    const facts = info as { readonly Title?: string; readonly Subject?: string };
    const pages: ReadPage[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const [, , widthPt = 0, heightPt = 0] = page.view;
      const { items } = await page.getTextContent();
      const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
      const { fnArray } = await page.getOperatorList();
      const count = (...operators: readonly number[]) => fnArray.filter((fn) => operators.includes(fn)).length;
      pages.push({
        widthPt,
        heightPt,
        text: text.replace(/\s+/g, ' '),
        vectors: count(OPS.constructPath),
        images: count(OPS.paintImageXObject, OPS.paintInlineImageXObject),
      });
    }
    return { title: facts.Title ?? '', subject: facts.Subject ?? '', pages };
  } finally {
    await task.destroy();
  }
}
