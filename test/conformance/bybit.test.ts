import { play } from './play.ts'

await play('bybit')
