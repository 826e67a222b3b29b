/** The weather on a symbol; `unknown` under the history that ADX 14 of 1 h needs. */
export type Regime = 'trending' | 'sideways' | 'volatile' | 'unknown'
