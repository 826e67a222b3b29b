import { type Command, InvalidArgumentError, Option } from 'commander'
import { UserError } from '../errors.ts'
import { runProcess } from './process.ts'
import type { AloneOptions } from './simulator-alone.ts'

/** `bullpen simulator`: the exchange that paper accounts trade at; with options, exchanges for anybody's bot. */
export function simulator(program: Command): void {
  program
    .command('simulator')
    .description('run the exchange simulator: as a part of Bullpen, or with --port alone, for any bot')
    .option(
      '--port <number>',
      'run alone, without a database, on this port of 127.0.0.1; 0 takes a free one',
      port,
    )
    .option('--venues <names>', 'the venues, as binance,kraken; all of them when left out', list)
    .option('--tape <tape>', 'synthetic, a candle file, or replay:<file>,<file>', 'synthetic')
    .option('--seed <number>', 'of the synthetic market', whole, 1)
    .option('--speed <number>', 'how much faster a replay runs than the clock, 1 to 600', whole, 1)
    .option('--accounts <file>', 'a JSON list of {venue, apiKey, secret, passphrase?, balances, market?}')
    .addOption(
      new Option('--rules <how>', 'how venues take what their documents leave open').choices([
        'strict',
        'lenient',
      ]),
    )
    .option('--journal <folder>', 'where what happened is kept; without it all is forgotten at the end')
    .action(async (options: AloneOptions & { port?: number }, command: Command) => {
      if (options.port !== undefined) {
        const { runAlone } = await import('./simulator-alone.ts')
        await runAlone(options.port, options)
        return
      }
      const given = Object.keys(options).find((name) => command.getOptionValueSource(name) === 'cli')
      if (given !== undefined)
        throw new UserError(`--${given} is of a simulator that runs alone: give it a --port, too`)
      const { runSimulator } = await import('#workers/simulator.ts')
      await runProcess('simulator', runSimulator)
    })
}

function port(text: string): number {
  const value = whole(text)
  if (value > 65_535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535')
  return value
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it is a whole number')
  return Number(text)
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}
