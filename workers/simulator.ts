import path from 'node:path'
import { connect } from '#db/client.ts'
import { type ConnectedConfig, type MarketData, secretsOf } from '#src/config.ts'
import { messageOf, UserError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { openTape, type Tape } from '#src/simulator/tape/tape.ts'
import { announceReady } from '#src/supervisor/ready.ts'
import { aborted } from '#src/supervisor/stop-signal.ts'
import { startHeartbeat } from './heartbeat.ts'
import { identityOf } from './identity.ts'

/** Runs the exchange simulator until the signal aborts; what it acknowledged is in its journal in the data folder. */
export async function runSimulator({
  config,
  signal,
}: {
  config: ConnectedConfig
  signal: AbortSignal
}): Promise<void> {
  const log = createLog({ level: config.logLevel, role: 'simulator', secrets: secretsOf(config) })
  const tape = tapeOf(config)
  const { hostname, port } = new URL(config.simulatorUrl)
  const simulator = await startSimulator({
    tape,
    host: hostname,
    port: Number(port),
    home: path.join(config.bullpenHome, 'simulator'),
    onError: (error) => log.error({ err: error }, 'the simulator failed to answer'),
  })
  const db = connect(config.databaseUrl, 'bullpen_worker', { max: 2 })
  const heartbeat = await startHeartbeat(db, identityOf('simulator', { address: simulator.url }), log)
  log.info({ url: simulator.url, market: tape.source, symbols: tape.listings.length }, 'simulator listens')
  announceReady({ url: simulator.url })
  await aborted(signal)
  await heartbeat.stop()
  await simulator.stop()
  await db.destroy()
}

/** @throws UserError with one line when the files of a replay cannot be used. */
function tapeOf({ marketData, marketSeed, replaySpeed }: ConnectedConfig): Tape {
  try {
    return openTape(textOf(marketData), { seed: marketSeed, speed: replaySpeed, nowMs: Date.now() })
  } catch (error) {
    throw new UserError(`MARKET_DATA: ${messageOf(error)}`, { cause: error })
  }
}

function textOf(marketData: MarketData): string {
  if (marketData.kind === 'replay') return `replay:${marketData.files.join(',')}`
  if (marketData.kind === 'live')
    throw new Error('live: this build has no live tape for paper accounts; use synthetic or replay:<csv>,…')
  return marketData.kind
}
