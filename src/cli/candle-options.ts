import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Wish } from '../backtest/plan-run.ts'

/** What is walked, and on which terms, as evidence and learning ask for it. */
export interface CandleOptions {
  readonly candles: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly settings?: string
  readonly profile?: 'ase' | 'pro'
  readonly market?: 'spot' | 'futures'
  readonly fee?: number
  readonly slippage: number
}

/** Adds them to a command. */
export function addCandleOptions(command: Command): Command {
  return command
    .requiredOption(
      '--candles <file...>',
      '[venue-]SYMBOL-timeframe….csv[.gz] or SYMBOL=FILE; longer ones of a symbol are history',
    )
    .option('--from <time>', 'the first day, or moment (UTC); what comes before is history', time)
    .option('--to <time>', 'the day, or moment, before which it ends (UTC)', time)
    .option('--settings <file>', 'a JSON file of user settings by their names, for the exits; null is off')
    .addOption(new Option('--profile <name>', 'whose settings the others go over').choices(['ase', 'pro']))
    .addOption(
      new Option('--market <kind>', 'whose fees are paid; BUY and SELL are tried on either')
        .choices(['spot', 'futures'])
        .default('futures'),
    )
    .option(
      '--fee <ratio>',
      'of each fill; 0.001 is 0.1 % (default: 0.001 on spot, 0.0005 on futures)',
      ratio,
    )
    .option('--slippage <ratio>', 'how far each fill is beyond its price, against you', ratio, 0)
}

/** What is to be walked, with the settings read. Throws UserError of one line. */
export async function candleWish(options: CandleOptions): Promise<Omit<Wish, 'strategy' | 'signals'>> {
  const { candles, from, to, settings, profile, market = 'futures', fee, slippage } = options
  const { readSettings } = await import('../backtest/settings-file.ts')
  const patch = settings === undefined ? {} : readSettings(settings)
  return {
    candles,
    detail: [],
    funding: [],
    settings: { ...patch, ...(profile && { profile }) },
    market,
    ...(fee !== undefined && { fee }),
    slippage,
    capital: 10_000,
    ...(from !== undefined && { fromMs: from }),
    ...(to !== undefined && { toMs: to }),
  }
}

/** A day or moment of the command line, UTC, in epoch milliseconds. */
export function time(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/.test(text)
    ? Date.parse(text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text)
    : Number.NaN
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('it must be a day or moment such as 2025-01-31 or 2025-01-31T12:00Z.')
  return ms
}

/** A ratio of the command line, 0 to under 0.5. */
export function ratio(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 0.5))
    throw new InvalidArgumentError('it must be a ratio from 0 to under 0.5: 0.001 is 0.1 %.')
  return value
}
