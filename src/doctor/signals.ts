import type { Db } from '#db/client.ts'
import { type StoredTrouble, sourceTroubles } from '#db/source-health.ts'
import type { Config } from '../config.ts'
import { messageOf } from '../errors.ts'
import { readSetupWeights } from '../signals/setup-weights.ts'
import { strategyFilesIn } from '../signals/strategies/folder.ts'
import { titanSource } from '../signals/titan/fetch.ts'
import { isTitanConfigured, type TitanConfig } from '../signals/titan/open.ts'
import { type Check, Ill } from './check.ts'

/** Who speaks for titan, which of the operator's strategies are paused, and whether the ML filter's file is taken. */
export function signalChecks(
  db: Db,
  config: TitanConfig & Pick<Config, 'strategiesDir' | 'mlWeights'>,
): Check[] {
  return [
    { id: 'titan', examine: () => titan(db, config) },
    { id: 'strategies', examine: () => strategies(db, config.strategiesDir) },
    { id: 'ml-filter', examine: async () => mlFilter(config.mlWeights) },
  ]
}

/** Told, not held against the installation: no cycle goes without signals, for the council speaks meanwhile. */
async function titan(db: Db, config: TitanConfig): Promise<string> {
  if (!isTitanConfigured(config)) return 'not configured: the council speaks'
  const trouble = (await sourceTroubles(db)).find(({ source }) => source === titanSource)
  if (!trouble) return 'nothing is known against it'
  const { failures, reason, answeredAtMs, retryAtMs } = trouble
  const since = answeredAtMs === null ? 'from the beginning' : `since ${moment(answeredAtMs)}`
  const again = retryAtMs === null ? '' : `, and it is not asked again before ${moment(retryAtMs)}`
  return `away ${since} (${failures} failures in a row, the last: ${reason}): the council speaks for it${again}`
}

async function strategies(db: Db, folder: string | undefined): Promise<string> {
  if (folder === undefined) return 'no STRATEGIES_DIR'
  const sources = new Set(sourcesIn(folder))
  const paused = (await sourceTroubles(db)).filter(({ source }) => sources.has(source))
  if (paused.length > 0)
    throw new Ill(
      paused.map(pausedText).join('; '),
      'Change the file, or retry its failed job at /ops/queues once the reason is gone.',
    )
  return `${sources.size} files, none is paused`
}

function sourcesIn(folder: string): string[] {
  try {
    return strategyFilesIn(folder).map(({ source }) => source)
  } catch (error) {
    throw new Ill(
      `STRATEGIES_DIR=${folder} cannot be read: ${messageOf(error)}`,
      'Name a folder that every worker can read.',
    )
  }
}

function pausedText({ source, reason, toldAtMs }: StoredTrouble): string {
  return `${source} is paused since ${moment(toldAtMs)}: ${reason}`
}

function mlFilter(file: string): string {
  const fitted = readFitted(file)
  if (!fitted) return `no ${file}: every setup passes`
  return `fitted on ${fitted.trained.setups} setups from ${fitted.trained.from} to ${fitted.trained.to}`
}

function readFitted(file: string) {
  try {
    return readSetupWeights(file)
  } catch (error) {
    throw new Ill(messageOf(error), 'bullpen ml train, or move the file away: then every setup passes.')
  }
}

function moment(ms: number): string {
  return new Date(ms).toISOString()
}
