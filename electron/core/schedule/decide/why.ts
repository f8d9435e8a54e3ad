import type { Reason, ReasonCode } from '../../../../shared/model/schedule.ts';

/** A reason whose text is made only when somebody is told: a tick weighs thousands, and tells few. */
export interface Why {
  readonly code: ReasonCode;
  readonly text: () => string;
}

export const why = (code: ReasonCode, text: () => string): Why => ({ code, text });

export const told = ({ code, text }: Why): Reason => ({ code, text: text() });
