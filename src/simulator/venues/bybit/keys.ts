import type { Account } from '../../core/account.ts'
import { type Endpoint, marketsOf, type SignedCall } from './call.ts'

const dayMs = 86_400_000
const lifeDays = 90 // of a key that is bound to no address

/** What a key may do, and the coins a client reads when it loads the markets. */
export const keyEndpoints: Record<string, Endpoint> = {
  'GET /v5/user/query-api': { access: 'signed', answer: apiKeyInfo },
  'GET /v5/asset/coin/query-info': {
    access: 'signed',
    answer: ({ instruments, parameters }) => {
      const coins = new Set(instruments.all('spot').flatMap(({ base, quote }) => [base, quote]))
      const only = parameters.find('coin')
      const shown = [...coins].filter((coin) => (only ?? coin) === coin)
      return { rows: shown.map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] })) }
    },
  },
}

/** The addresses a key is bound to, which its seed may name; '*' is any. */
export function addressesOf(account: Account): readonly string[] {
  return (account.settings.get('ips') ?? '*').split(',')
}

/** Wall time a key ends; undefined where an address binds it, and it does not. Its seed may say another time. */
export function endOf(account: Account): number | undefined {
  const said = account.settings.get('expiredAt')
  if (said !== undefined) return Date.parse(said)
  return addressesOf(account).includes('*') ? account.createdAt + lifeDays * dayMs : undefined
}

function apiKeyInfo({ account, exchange }: SignedCall) {
  const markets = marketsOf(account)
  const end = endOf(account)
  const isReadOnly = account.settings.get('readOnly') === 'true'
  const canWithdraw = account.settings.get('enableWithdrawals') === 'true'
  return {
    id: '13770661',
    note: 'simulator',
    apiKey: account.seed.apiKey,
    readOnly: isReadOnly ? 1 : 0,
    secret: '',
    permissions: {
      ContractTrade: markets.includes('futures') ? ['Order', 'Position'] : [],
      Spot: markets.includes('spot') ? ['SpotTrade'] : [],
      Wallet: ['AccountTransfer', ...(canWithdraw ? ['Withdraw'] : [])],
      Options: [],
      Derivatives: markets.includes('futures') ? ['DerivativesTrade'] : [],
      CopyTrading: [],
      BlockTrade: [],
      Exchange: [],
      NFT: [],
      Affiliate: [],
      Earn: [],
    },
    ips: addressesOf(account),
    type: 1,
    deadlineDay: end === undefined ? -2 : Math.floor((end - exchange.clock.wallNow()) / dayMs),
    expiredAt: end === undefined ? '' : iso(end),
    createdAt: iso(account.createdAt),
    unified: 0,
    uta: 1,
    userID: 24617703,
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    rsaPublicKey: '',
    isMaster: true,
    parentUid: '0',
    kycLevel: 'LEVEL_DEFAULT',
    kycRegion: '',
  }
}

function iso(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`
}
