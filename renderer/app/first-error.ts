import type { UseFormReturnType } from '@mantine/form';

/**
 * Whether a form can be sent. Otherwise its errors are shown, and the first field that has to be mended gets the focus:
 * it may be out of sight, and a button that seems to do nothing helps nobody.
 */
export function isSound<Values extends object>(form: UseFormReturnType<Values>): boolean {
  const { hasErrors, errors } = form.validate();
  if (!hasErrors) return true;
  const fields = Object.keys(errors).flatMap((path) => form.getInputNode(path) ?? []);
  const isBefore = (one: HTMLElement, other: HTMLElement): boolean =>
    (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const [first] = fields.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  first?.focus();
  return false;
}
