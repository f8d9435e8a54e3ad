/** The least severe first. info: no hurry. warning: somebody should look today. critical: numbers are wrong for those who read them now. */
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** 0 for the least severe. */
export const severityRank = (severity: AlertSeverity): number => alertSeverities.indexOf(severity);
