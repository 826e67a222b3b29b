import type { Command } from '../asked.ts'
import { balance } from './balance.ts'
import { close, closeAll } from './close.ts'
import { pause, resume } from './entries.ts'
import { performance } from './performance.ts'
import { positions } from './positions.ts'
import { signals } from './signals.ts'
import { status } from './status.ts'
import { trades } from './trades.ts'

/** Every command of a linked chat, in the order in which `/help` lists them. */
export const commands: readonly Command[] = [
  status,
  positions,
  balance,
  trades,
  performance,
  signals,
  pause,
  resume,
  close,
  closeAll,
]
