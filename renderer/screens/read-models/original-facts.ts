import type { AskedOriginal } from '../../../shared/model/proof.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import type { AskedOriginals } from '../../stores/proofs.ts';

/** Not proven, and not what serves already. */
export const isLacking = ({ proof, unchanged }: AskedOriginal): boolean =>
  proof === null ? !unchanged : proof.verdict !== 'proven';

/** A plan takes the person's word while something is lacking, or where there is nothing to compare with. */
export const needsWord = ({ originals, unchangedSince }: AskedOriginals): boolean =>
  originals.length === 0 ? unchangedSince === null : originals.some(isLacking);

/** Its query over the read model is the proposal's own, and has an editor of its own on the page. */
export function hasOwnEditor({ originalId, kind }: AskedOriginal, checked: CheckedProposal): boolean {
  switch (kind) {
    case 'select':
      return true;
    case 'widget':
      return originalId === `widget:${checked.widgetId ?? ''}`;
    case 'statement':
      return originalId === `statement:${checked.statementId ?? ''}` && checked.derivation !== undefined;
  }
}

/** 'Proof', and what of where there are several. */
export const proofTitle = (original: AskedOriginal, originals: readonly AskedOriginal[]): string =>
  originals.length === 1 ? 'Proof' : `Proof against ${original.label}`;
