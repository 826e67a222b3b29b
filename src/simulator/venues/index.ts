import { binance } from './binance/binance.ts'
import { bybit } from './bybit/bybit.ts'
import { kraken } from './kraken/kraken.ts'
import type { Venue } from './venue.ts'

/** Every venue the simulator speaks for. Their paths do not collide: one server answers for all. */
export const venues: readonly Venue[] = [binance, bybit, kraken]
