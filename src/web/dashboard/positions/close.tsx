import type { PositionDetail } from '../../api/position-detail.ts'
import { Confirm } from '../parts/confirm.tsx'
import { gain, quantity } from '../parts/format.ts'
import { queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

/** Closes one position, after saying what will happen. */
export function CloseButton({ position, quote }: { position: PositionDetail; quote: string }) {
  const { id, symbol, closing, openPnl } = position
  async function close() {
    await send(`/positions/${id}/close`, {})
    await queries.refetchQueries({ queryKey: ['position', id] })
    toast(`${symbol} is being closed.`)
  }
  return (
    <Confirm
      button={closing ? 'Closing…' : 'Close position'}
      title={`Close ${symbol} now?`}
      action="Close it"
      look="danger"
      isDisabled={closing !== null}
      onConfirm={close}
    >
      <p>
        {quantity(position.quantity)} {symbol.split('/')[0]} are closed at the market price, and what rests of
        it at the exchange is taken back. At the last price that books{' '}
        <strong className="font-semibold text-text">
          {openPnl === null ? 'what it brings' : `${gain(openPnl)} ${quote}`}
        </strong>{' '}
        before the exit’s fee. This cannot be undone.
      </p>
    </Confirm>
  )
}
