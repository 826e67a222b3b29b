import { fatNormal, normal, uniform } from './noise.ts'
import { type SyntheticCoin, syntheticCoins } from './synthetic-coins.ts'

/** The hour the synthetic world begins: 2020-01-01T00:00Z. Earlier times do not exist in it. */
export const firstHour = 438_288

interface Regime {
  readonly volatility: number // multiplies the usual one
  readonly drift: number // of the whole market per hour, in usual hourly standard deviations
  readonly hours: number // how long it lasts on average
}

const regimes: readonly Regime[] = [
  { volatility: 0.62, drift: 0, hours: 36 },
  { volatility: 0.95, drift: 0.13, hours: 30 },
  { volatility: 1.0, drift: -0.13, hours: 26 },
  { volatility: 1.75, drift: -0.02, hours: 9 },
]

const pullPerHour = Math.LN2 / (90 * 24) // half of a distance from the coin's level is undone in 90 days
const calibration = 0.81 // makes the long-run standard deviation what the coin says, clusters and jumps included
const lane = { regime: 1, market: 2, marketVolatility: 3, marketJump: 4, coin: 100 } as const

/**
 * The hourly skeleton of a synthetic market: a chain of regimes and log-volatilities common to all coins, and on it
 * one price chain per coin. It is computed once from `firstHour` and grows by itself as later hours are asked for.
 */
export class SyntheticHours {
  readonly #seed: number
  readonly #closes: Float64Array[]
  readonly #volatilities: Float64Array[]
  readonly #jumps: Map<number, number>[]
  #capacity = 0
  #length = 0
  #regime = 0
  #marketLogVolatility = 0
  readonly #ownLogVolatility: number[]
  readonly #ownDrift: number[]

  constructor(seed: number) {
    this.#seed = seed
    this.#closes = syntheticCoins.map(() => new Float64Array(0))
    this.#volatilities = syntheticCoins.map(() => new Float64Array(0))
    this.#jumps = syntheticCoins.map(() => new Map())
    this.#ownLogVolatility = syntheticCoins.map(() => 0)
    this.#ownDrift = syntheticCoins.map(() => 0)
  }

  /** Log price at the end of an hour (counted from the Unix epoch). The hour before `firstHour` ends at the coin's level. */
  close(coin: number, hour: number): number {
    if (hour < firstHour) return Math.log((syntheticCoins[coin] as SyntheticCoin).price)
    this.#reach(hour)
    return (this.#closes[coin] as Float64Array)[hour - firstHour] as number
  }

  /** Standard deviation the hour's return was drawn with, jumps left out. */
  volatility(coin: number, hour: number): number {
    this.#reach(hour)
    return (this.#volatilities[coin] as Float64Array)[hour - firstHour] as number
  }

  /** The part of the hour's log return that came at once; 0 in most hours. */
  jump(coin: number, hour: number): number {
    this.#reach(hour)
    return this.#jumps[coin]?.get(hour) ?? 0
  }

  #reach(hour: number): void {
    const wanted = hour - firstHour + 1
    if (wanted > this.#capacity) this.#grow(wanted + 24 * 30)
    while (this.#length < wanted) this.#step(firstHour + this.#length)
  }

  #grow(capacity: number): void {
    for (const series of [this.#closes, this.#volatilities]) {
      for (const [coin, old] of series.entries()) {
        const larger = new Float64Array(capacity)
        larger.set(old)
        series[coin] = larger
      }
    }
    this.#capacity = capacity
  }

  #step(hour: number): void {
    const seed = this.#seed
    if (uniform(seed, lane.regime, 0, hour) < 1 / (regimes[this.#regime] as Regime).hours) {
      const others = [0, 1, 2, 3].filter((regime) => regime !== this.#regime)
      this.#regime = others[Math.floor(uniform(seed, lane.regime, 1, hour) * others.length)] as number
    }
    const regime = regimes[this.#regime] as Regime
    this.#marketLogVolatility =
      0.96 * this.#marketLogVolatility + 0.32 * 0.28 * normal(seed, lane.marketVolatility, 0, hour)
    const market = fatNormal(seed, lane.market, 0, hour, 0.34)
    const marketJump = jumpSize(seed, lane.marketJump, hour, 0.0022)
    for (const [index, coin] of syntheticCoins.entries()) {
      this.#stepCoin(coin, index, hour, regime, market, marketJump)
    }
    this.#length++
  }

  #stepCoin(
    coin: SyntheticCoin,
    index: number,
    hour: number,
    regime: Regime,
    market: number,
    marketJump: number,
  ): void {
    const seed = this.#seed
    const own = lane.coin + index
    const logVolatility =
      0.9 * (this.#ownLogVolatility[index] as number) + 0.32 * 0.436 * normal(seed, own, 0, hour)
    const drift = 0.96 * (this.#ownDrift[index] as number) + 0.07 * 0.28 * normal(seed, own, 1, hour)
    this.#ownLogVolatility[index] = logVolatility
    this.#ownDrift[index] = drift

    const usual = coin.hourlyVolatility * calibration
    const volatility = usual * regime.volatility * Math.exp(this.#marketLogVolatility + logVolatility)
    const shock = coin.beta * market + Math.sqrt(1 - coin.beta ** 2) * fatNormal(seed, own, 2, hour, 0.42)
    const jump = usual * (coin.beta * marketJump + jumpSize(seed, own, hour, 0.0012))
    const before = this.close(index, hour - 1)
    const pull = pullPerHour * (Math.log(coin.price) - before)
    const after = before + pull + usual * (coin.beta * regime.drift + drift) + volatility * shock + jump

    ;(this.#closes[index] as Float64Array)[this.#length] = after
    ;(this.#volatilities[index] as Float64Array)[this.#length] = volatility
    if (jump !== 0) this.#jumps[index]?.set(hour, jump)
  }
}

/** A rare jump of 3 to 9 usual hourly standard deviations, down in two cases of three; 0 otherwise. */
function jumpSize(seed: number, lane: number, hour: number, probability: number): number {
  if (uniform(seed, lane, 8, hour) >= probability) return 0
  const size = 3 + 6 * uniform(seed, lane, 9, hour) ** 2
  return uniform(seed, lane, 10, hour) < 2 / 3 ? -size : size
}
