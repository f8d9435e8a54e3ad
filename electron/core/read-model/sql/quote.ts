/** Quoting for plans, which may import nothing that could do input or output: these functions only make text. */
export { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
