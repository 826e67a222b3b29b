import type { AccountDetail } from '../../api/accounts.ts'

type Mode = AccountDetail['mode']

/** Whose money it is, in a word of its own colour and shape: real money is the only one that is filled. */
export function ModeChip({ mode }: { mode: Mode }) {
  return (
    <span
      title={modeMeaning[mode]}
      className={`inline-flex items-center rounded-md px-2 py-0.5 text-xs font-bold tracking-wider ${looks[mode]}`}
    >
      {mode.toUpperCase()}
    </span>
  )
}

const looks: Readonly<Record<Mode, string>> = {
  paper: 'border border-dashed border-muted/60 text-muted',
  testnet: 'border border-accent text-accent',
  live: 'bg-warn-soft text-warn ring-2 ring-warn',
}

/** What each mode means, in a sentence. */
export const modeMeaning: Readonly<Record<Mode, string>> = {
  paper: 'Play money at Bullpen’s own simulator, on market prices. Nothing leaves this installation.',
  testnet: 'The exchange’s own sandbox or demo: real software, play money.',
  live: 'Real money at the exchange.',
}
