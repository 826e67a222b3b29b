/**
 * How much an alert matters, the most first. `critical`: money is at risk now, and somebody must look. `warning`: something
 * is not as it should be, and Bullpen copes. `trade`: a position was opened or left. `info`: good to know.
 */
export const severities = ['critical', 'warning', 'trade', 'info'] as const
export type Severity = (typeof severities)[number]

/** Where an alert can go beside the dashboard, the first to be tried first. */
export const alertChannels = ['telegram', 'email'] as const
export type AlertChannel = (typeof alertChannels)[number]
