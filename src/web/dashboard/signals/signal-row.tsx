import { useState } from 'react'
import type { Signal } from '../../api/signals.ts'
import { Chip } from '../parts/chip.tsx'
import { price, share } from '../parts/format.ts'
import { Chevron } from '../parts/icons.tsx'
import { Insight } from '../parts/insight.tsx'
import { Ago } from '../parts/moment.tsx'
import { sourceName } from '../parts/words.ts'
import { Verdicts } from './verdicts.tsx'

const tones = { BUY: 'up', SELL: 'down', HOLD: 'plain' } as const

/** One signal; opened it shows what it rests on, and what each account made of it. */
export function SignalRow({ signal }: { signal: Signal }) {
  const [isOpen, setOpen] = useState(false)
  const { symbol, action, confidence, source, isLive, isOwn, stopLoss, takeProfit } = signal
  return (
    <li className={isLive ? '' : 'text-muted'}>
      <details className="group" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised/50">
          <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-semibold text-text">{symbol}</span>
            <Chip tone={tones[action]}>{action}</Chip>
            <span className="tabular-nums">{share(confidence)}</span>
            <span className="text-xs text-muted">{sourceName(source)}</span>
            {isLive && <Chip tone="accent">alive</Chip>}
            {isOwn && <Chip tone="plain">yours alone</Chip>}
          </span>
          <Ago at={signal.createdAt} className="text-xs text-muted" />
        </summary>
        {isOpen && (
          <div className="grid gap-4 border-t border-line bg-raised/40 px-4 py-3 text-text lg:grid-cols-2">
            <div className="min-w-0 text-sm">
              <h3 className="mb-1 text-xs font-semibold text-muted">What it rests on</h3>
              <Insight signal={signal} />
              <p className="mt-2 text-xs text-muted">
                At {price(signal.price)}
                {stopLoss !== null && `, stop ${price(stopLoss)}`}
                {takeProfit !== null && `, target ${price(takeProfit)}`}; said last{' '}
                <Ago at={signal.renewedAt} />.
              </p>
            </div>
            <Verdicts signalId={signal.id} />
          </div>
        )}
      </details>
    </li>
  )
}
