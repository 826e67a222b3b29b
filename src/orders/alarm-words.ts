import type { Severity } from '../domain/alerts/severity.ts'

/** How an alarm is said to the one it concerns: a line for the subject of a mail, and what they can do. */
interface AlarmWords {
  readonly severity: Severity
  /** Without the symbol, which follows it. */
  readonly title: string
  readonly advice: string
}

const looks = 'Look at your orders at the exchange, and compare them with the page Positions.'

/** Every alarm of the order path, by its event. */
export const alarmWords = {
  'key-refused': {
    severity: 'critical',
    title: 'The exchange refuses your API key',
    advice:
      'Connect another key on the page Accounts. Until then nothing can be closed from here: watch what is open at the exchange itself.',
  },
  'key-unusable': {
    severity: 'critical',
    title: 'Your API key may not be used any more',
    advice:
      'Make a key at the exchange that may read and trade and may not withdraw, and connect it on the page Accounts.',
  },
  unprotected: {
    severity: 'critical',
    title: 'Emergency close: a position stood without its stop',
    advice: 'Nothing has to be done. If it is still open in a minute, close it at the exchange.',
  },
  liquidation: {
    severity: 'critical',
    title: 'Liquidation risk: a position is being reduced',
    advice:
      'Add collateral at the exchange, or close positions. A smaller risk per trade or leverage keeps away from here.',
  },
  'liquidation-risk': {
    severity: 'critical',
    title: 'Liquidation risk',
    advice: 'Add collateral at the exchange, or close positions on the page Positions.',
  },
  'stop-removed': {
    severity: 'warning',
    title: 'A stop was taken away at the exchange',
    advice:
      'If it was you: take the new one away as well, and Bullpen leaves it so. If it was not, change your API key.',
  },
  'stop-declined': {
    severity: 'warning',
    title: 'No stop rests at the exchange any more',
    advice:
      'If you did not mean it, close the position; Bullpen sends the exit when the price comes there, as long as it runs.',
  },
  'refused-in-a-row': {
    severity: 'critical',
    title: 'The exchange refuses to protect or close a position',
    advice: 'Close it at the exchange by hand if you do not want to carry it meanwhile.',
  },
  'order-unknown-too-long': {
    severity: 'critical',
    title: 'An order is stuck: its outcome is not known',
    advice: `${looks} Entries of the account wait until it is found; exits go on.`,
  },
  'order-silent-too-long': {
    severity: 'critical',
    title: 'An order is stuck: the exchange does not show it',
    advice: `${looks} Entries of the account wait until it is found; exits go on.`,
  },
  'order-vanished': { severity: 'warning', title: 'An order has vanished at the exchange', advice: looks },
  'late-truth': { severity: 'warning', title: 'An order was executed after all', advice: looks },
  'excess-fill': { severity: 'warning', title: 'More was executed than a position held', advice: looks },
  'late-order': { severity: 'warning', title: 'An ended order still rested at the exchange', advice: looks },
  'stray-stop': { severity: 'warning', title: 'An unknown stop was taken back', advice: looks },
  'order-adopted': {
    severity: 'warning',
    title: 'An unknown order of ours was taken in',
    advice: 'Nothing has to be done: this follows when the database was restored from a backup.',
  },
  'position-missing': {
    severity: 'critical',
    title: 'The exchange shows less than the books',
    advice: `${looks} Entries of the account are stopped until somebody lifts the halt.`,
  },
  'position-gone': {
    severity: 'warning',
    title: 'A position was closed at the exchange',
    advice: 'If it was neither you nor a liquidation, change your API key.',
  },
  'position-shrunk': {
    severity: 'warning',
    title: 'A position was reduced at the exchange',
    advice: 'If it was neither you nor a liquidation, change your API key.',
  },
  'position-adopted': {
    severity: 'info',
    title: 'A position that you opened is watched now',
    advice: 'Its stops are those of your settings; the page Positions shows them.',
  },
  'money-moved': {
    severity: 'info',
    title: 'Money came or went at the exchange',
    advice: 'If it was not you, take your API key back at the exchange at once.',
  },
} as const satisfies Record<string, AlarmWords>

/** The name of an alarm: the log's event, the audit log's action and the alert's kind. */
export type AlarmEvent = keyof typeof alarmWords
