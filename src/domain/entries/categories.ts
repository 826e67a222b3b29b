/** What a coin is, for portfolio limits. */
export type Category =
  | 'l1'
  | 'l2'
  | 'defi'
  | 'meme'
  | 'exchange'
  | 'ai'
  | 'gaming'
  | 'payment'
  | 'privacy'
  | 'infrastructure'
  | 'stable'
  | 'other'

const members: Readonly<Record<Exclude<Category, 'other'>, string>> = {
  l1: 'BTC ETH SOL BNB ADA AVAX DOT TRX NEAR APT SUI ATOM ALGO HBAR ICP TON ETC EOS XTZ EGLD FTM S SEI INJ KAS TIA VET FLOW MINA NEO IOTA QTUM WAVES ZIL ONE CELO KAVA ROSE BERA HYPE XDC CFX ASTR KSM FIL AR THETA STX',
  l2: 'MATIC POL ARB OP IMX MNT STRK ZK MANTA METIS LRC SKL BLAST SCR TAIKO ZRO',
  defi: 'UNI AAVE LINK MKR SKY CRV COMP SNX SUSHI YFI LDO RPL PENDLE GMX DYDX CAKE 1INCH BAL RUNE JUP RAY ORCA ENA ETHFI EIGEN ONDO FXS CVX KNC ZRX UMA BNT OSMO JTO MORPHO COW USUAL RESOLV',
  meme: 'DOGE SHIB PEPE WIF BONK FLOKI MEME BOME TURBO POPCAT MEW BRETT MOG NEIRO PNUT ACT GOAT MOODENG TRUMP MELANIA FARTCOIN DOGS PEOPLE BABYDOGE 1000PEPE 1000SHIB 1000BONK 1000FLOKI 1MBABYDOGE SPX PENGU PUMP BAN CHILLGUY GIGA',
  exchange: 'OKB CRO KCS LEO BGB GT HT MX WOO',
  ai: 'FET RENDER RNDR TAO WLD AGIX OCEAN GRT AKT ARKM NMR IO VIRTUAL AI16Z KAITO PHB NFP AIXBT GRASS',
  gaming: 'AXS SAND MANA GALA ENJ ILV APE MAGIC YGG PIXEL BEAM RON GMT SUPER ALICE PORTAL XAI NOT HMSTR',
  payment: 'XRP LTC BCH XLM DASH BSV XNO DGB RVN COTI ACH',
  privacy: 'XMR ZEC ZEN SCRT DCR FIRO',
  infrastructure: 'QNT API3 BAND TRB PYTH W ANKR STORJ HNT IOTX JASMY BAT ENS MASK ID GLM CHZ AXL CKB',
  stable: 'USDT USDC DAI FDUSD TUSD USDP PYUSD BUSD USDE USDG USD EUR EURI AEUR GUSD FRAX LUSD USD1 RLUSD',
}

const categories = new Map<string, Category>(
  Object.entries(members).flatMap(([category, bases]) =>
    bases.split(' ').map((base) => [base, category as Category]),
  ),
)

/** The category of a base; 'other' for what the table does not know. */
export function categoryOf(base: string): Category {
  return categories.get(base.toUpperCase()) ?? 'other'
}
