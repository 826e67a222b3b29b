import { positionsHeld } from '#db/reports.ts'
import type { Command } from '../asked.ts'
import { amount } from '../lines.ts'
import { escapeHtml } from '../message.ts'

/** Closes one position at the market, once it is confirmed. */
export const close: Command = {
  name: 'close',
  help: 'closes a position, such as /close BTC (asks first)',
  async answer({ db, userId, text }) {
    const wanted = text.toUpperCase()
    const held = await positionsHeld(db, userId)
    const found = held.filter(
      ({ symbol }) => symbol === wanted || symbol.split(':')[0] === wanted || symbol.split('/')[0] === wanted,
    )
    const [position] = found
    if (wanted === '' || !position) {
      const open = held.map(({ symbol }) => symbol).join(', ')
      return {
        html: escapeHtml(
          open ? `Say which: ${open}. For instance /close ${held[0]?.symbol}` : 'No position is open.',
        ),
      }
    }
    if (found.length > 1) {
      const accounts = found.map(({ symbol, account }) => `${symbol} in ${account}`).join(', ')
      return {
        html: escapeHtml(
          `There are ${found.length}: ${accounts}. Close it on the dashboard, where the account is chosen.`,
        ),
      }
    }
    const what = `${position.side} ${amount(position.quantity)} ${position.symbol} in ${position.account} (${position.mode})`
    return {
      html: `Close <b>${escapeHtml(what)}</b> at the market?`,
      question: { action: 'close', target: position.id },
    }
  },
}

/** Closes everything the user has, once it is confirmed. */
export const closeAll: Command = {
  name: 'closeall',
  help: 'closes everything at the market (asks first)',
  async answer({ db, userId }) {
    const held = await positionsHeld(db, userId)
    if (held.length === 0) return { html: 'No position is open.' }
    const what = held.map(({ side, quantity, symbol }) => `${side} ${amount(quantity)} ${symbol}`).join(', ')
    return {
      html: `Close <b>everything</b> at the market? ${held.length} open: ${escapeHtml(what)}`,
      question: { action: 'close-all' },
    }
  },
}
