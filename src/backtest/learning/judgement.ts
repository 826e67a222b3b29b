import { areaUnderCurve } from '../../domain/learning/auc.ts'
import {
  brier,
  calibrationError,
  type Forecast,
  type ReliabilityBin,
  reliability,
} from '../../domain/learning/reliability.ts'

/** How a model did on examples it had not seen, beside foretelling the same for all. */
export interface Judgement {
  readonly setups: number
  readonly winRate: number
  readonly auc: number
  /** 95 %, by Hanley and McNeil's error: too narrow where setups of one hour share their fate. */
  readonly aucLow: number
  readonly aucHigh: number
  readonly brier: number
  /** Brier score of the share that won among the examples learned from. */
  readonly baseBrier: number
  readonly bins: readonly ReliabilityBin[]
  readonly calibrationError: number
}

/** Judges forecasts; undefined where all came or none did. `baseRate` is what somebody without a model would foretell. */
export function judge(forecasts: readonly Forecast[], baseRate: number): Judgement | undefined {
  const curve = areaUnderCurve(forecasts)
  if (curve === undefined) return undefined
  const { area, error } = curve
  const bins = reliability(forecasts)
  return {
    setups: forecasts.length,
    winRate: forecasts.filter(({ came }) => came).length / forecasts.length,
    auc: area,
    aucLow: area - 1.96 * error,
    aucHigh: area + 1.96 * error,
    brier: brier(forecasts),
    baseBrier: brier(forecasts.map(({ came }) => ({ probability: baseRate, came }))),
    bins,
    calibrationError: calibrationError(bins),
  }
}

/** Why a model is no better than chance; undefined when it is better. */
export function chanceIn({ auc, aucLow, brier, baseBrier }: Judgement): string | undefined {
  if (aucLow <= 0.5)
    return `AUC ${auc.toFixed(3)} is not above 0.5 for certain (the interval begins at ${aucLow.toFixed(3)})`
  if (brier >= baseBrier)
    return `its Brier score ${brier.toFixed(4)} is no better than the base rate's ${baseBrier.toFixed(4)}`
  return undefined
}
