import { z } from 'zod'
import { contract } from './contract.ts'

/** The exchanges this build trades on; each has its two lanes. */
export const exchanges = ['binance', 'bybit', 'kraken'] as const

/** Entries go out through `orders-<exchange>`; exits, stops and cancels own `exits-<exchange>`. */
export const lanes = ['orders', 'exits'] as const

/** An order and the lane it goes through. */
const lane = z.object({
  orderId: z.uuid(),
  exchange: z
    .string()
    .refine((name) => (exchanges as readonly string[]).includes(name), 'this build has no lanes for it'),
  lane: z.enum(lanes),
})

export const fetchSignals = contract({
  name: 'fetch-signals',
  queue: 'signals',
  data: z.object({ source: z.string().min(1) }),
  attempts: 1, // the next interval is the retry: an old signal is worth nothing
})

export const scoreSignals = contract({
  name: 'score-signals',
  queue: 'signals',
  data: z.object({}),
  attempts: 1,
})

export const tradingCycle = contract({
  name: 'trading-cycle',
  queue: 'trading',
  data: z.object({ userId: z.uuid() }),
  attempts: 1, // the next cycle decides again, on fresh prices
})

export const placeOrder = contract({
  name: 'place-order',
  queue: (data) => `${data.lane}-${data.exchange}`,
  data: lane.extend({ isRetry: z.literal(true).optional() }), // a person asks again, without a failed job to press
  attempts: 3, // asking again is harmless: only the claim sends; the sweeper wakes it once more after that
  keepCompleted: 0,
})

export const cancelOrder = contract({
  name: 'cancel-order',
  queue: (data) => `exits-${data.exchange}`,
  data: lane.omit({ lane: true }),
  attempts: 3, // a cancel has one effect, however often it is sent; the sweeper wakes it once more after that
  yields: true, // what it takes back protects nothing any more; what waits beside it protects or closes
  keepCompleted: 0,
})

export const resolveOrder = contract({
  name: 'resolve-order',
  queue: 'accounts',
  data: z.object({ orderId: z.uuid() }),
  attempts: 3,
})

export const reconcileAccount = contract({
  name: 'reconcile-account',
  queue: 'accounts',
  data: z.object({ accountId: z.uuid() }),
  attempts: 1, // the next interval is the retry
  yields: true, // an order that may have been executed unseen, and so stands unprotected, is asked for first
})

export const checkKey = contract({
  name: 'check-key',
  queue: 'accounts',
  data: z.object({ accountId: z.uuid() }),
  attempts: 3,
  yields: true,
})

export const answerAccountRequest = contract({
  name: 'answer-account-request',
  queue: 'accounts',
  data: z.object({ requestId: z.uuid() }),
  attempts: 3,
})

export const persistSnapshot = contract({
  name: 'persist-snapshot',
  queue: 'accounts',
  data: z.object({ accountId: z.uuid() }),
  attempts: 1,
  yields: true,
})

export const monitorPositions = contract({
  name: 'monitor-positions',
  queue: 'monitor',
  data: z.object({ shard: z.int().min(0) }),
  attempts: 1, // the next tick is the retry: an old price is worth nothing
})

export const memoryCheck = contract({
  name: 'memory-check',
  queue: 'maintenance',
  data: z.object({}),
  attempts: 1, // the next look is the retry
})

export const prune = contract({
  name: 'prune',
  queue: 'maintenance',
  data: z.object({}),
  attempts: 3,
})

export const sendAlert = contract({
  name: 'send-alert',
  queue: 'alerts',
  data: z.object({ deliveryId: z.uuid() }),
  attempts: 1, // the message waits in the database, and is asked for again when its time has come
})

export const mailResetLink = contract({
  name: 'mail-reset-link',
  queue: 'alerts',
  data: z.object({ userId: z.uuid() }),
  attempts: 5,
})

export const dailyReport = contract({
  name: 'daily-report',
  queue: 'alerts',
  data: z.object({}),
  attempts: 1, // the next look is the retry
})

export const backtest = contract({
  name: 'backtest',
  queue: 'backtests',
  data: z.object({ backtestId: z.uuid() }),
  attempts: 1, // the database offers it again while it is not over
})

/** Every queue there is, in the order the board shows them. */
export const queueNames: readonly string[] = [
  'signals',
  'trading',
  ...exchanges.flatMap((exchange) => lanes.map((one) => `${one}-${exchange}`)),
  'accounts',
  'monitor',
  'alerts',
  'maintenance',
  'backtests',
]
