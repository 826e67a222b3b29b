import { openingKey } from '../../../core/account.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { FrameSubject, StreamSocket } from '../../venue.ts'
import { accountOfListenKey, isAlive } from './listen-key.ts'
import { watchMargin } from './margin-call.ts'
import { watchAccount } from './user-stream.ts'

const lookEveryMs = 1_000

/** Serves a connection that a listen key opens, until the key dies or it ends; one that opens nothing is closed. */
export function serveListenKey(
  exchange: Exchange,
  socket: StreamSocket,
  { listenKey, isCombined }: { listenKey: string; isCombined: boolean },
): void {
  const account = accountOfListenKey(exchange, listenKey)
  if (account === undefined) {
    socket.close(1008)
    return
  }
  const tell = (data: object, about?: FrameSubject) =>
    socket.send(JSON.stringify(isCombined ? { stream: listenKey, data } : data), about)
  const die = () => {
    tell({ e: 'listenKeyExpired', E: exchange.clock.wallNow(), listenKey })
    socket.close(1000)
  }
  const stop = watchAccount(exchange, account, 'futures', { tell, onRevoked: die })
  const marginCall = watchMargin(exchange, account)
  const timer = setInterval(() => {
    const call = marginCall()
    if (call !== undefined) tell(call, { market: 'futures', apiKey: openingKey(account) })
    if (!isAlive(account, listenKey, exchange.clock.wallNow())) die()
  }, lookEveryMs)
  socket.onClose(() => {
    clearInterval(timer)
    stop()
  })
}
