/** What somebody needs to know to make a key at an exchange. */
export interface KeyGuide {
  /** Where to click, one step a line. */
  readonly steps: readonly string[]
  /** What to tick, and what to leave alone. */
  readonly allow: readonly string[]
  readonly leave: readonly string[]
  /** What binding the key to addresses means there. */
  readonly addresses: string
  readonly wantsPassphrase: boolean
}

const withdraw = 'Withdrawals: a key that may withdraw is refused here'

const guides: Readonly<Record<string, KeyGuide>> = {
  binance: {
    steps: [
      'Sign in at Binance, open your profile, then API Management.',
      'Create API, system generated, and confirm by code.',
      'Edit restrictions, tick what is named below, save, and copy both texts: the secret is shown once.',
    ],
    allow: [
      'Enable Reading',
      'Enable Spot & Margin Trading for a spot account',
      'Enable Futures for a futures account',
    ],
    leave: [withdraw, 'Universal transfer and margin loans'],
    addresses:
      'Binance lets a key trade for long only when it is bound to addresses: choose “Restrict access to trusted IPs” and give the address your workers go out from.',
    wantsPassphrase: false,
  },
  bybit: {
    steps: [
      'Sign in at Bybit, open your profile, then API.',
      'Create new key, system-generated, for connecting a third party by key.',
      'Choose Read-Write, tick what is named below, and copy both texts: the secret is shown once.',
    ],
    allow: ['Unified Trading: Orders and Positions', 'Spot: Trade, for a spot account'],
    leave: [withdraw, 'Account transfer, sub-accounts, exchange'],
    addresses:
      'A key without addresses ends after three months. Bound to the address of your workers it stays.',
    wantsPassphrase: false,
  },
  kraken: {
    steps: [
      'Sign in at Kraken Pro, open Settings, then API.',
      'Create API key and tick what is named below.',
      'Generate, and copy the API key and the private key: the latter is shown once.',
    ],
    allow: [
      'Query funds',
      'Query open orders & trades',
      'Query closed orders & trades',
      'Create & modify orders',
      'Cancel & close orders',
    ],
    leave: [withdraw, 'Deposit, Earn, export of data'],
    addresses:
      'Address whitelisting binds the key to the address your workers go out from. One key, one program: requests of another would come out of order.',
    wantsPassphrase: false,
  },
}

/** The guide of an exchange; one in general words where there is none. */
export function guideOf(exchange: string): KeyGuide {
  return (
    guides[exchange] ?? {
      steps: [
        'Sign in at the exchange and look for API or API management.',
        'Make a key for reading and trading.',
      ],
      allow: ['Reading', 'Trading'],
      leave: [withdraw],
      addresses: 'Bind the key to the address your workers go out from, where the exchange offers it.',
      wantsPassphrase: true,
    }
  )
}

/** Where the venue's rehearsal is found. */
export const testnetPlaces: Readonly<Record<string, string>> = {
  'binance spot':
    'Make this key at testnet.binance.vision, with a GitHub sign-in; a key of binance.com does not work there.',
  'binance futures':
    'Make this key in Binance’s demo trading for futures; a key of real trading does not work there.',
  'bybit spot': 'Make this key at testnet.bybit.com, which has its own sign-up.',
  'bybit futures': 'Make this key at testnet.bybit.com, which has its own sign-up.',
}
