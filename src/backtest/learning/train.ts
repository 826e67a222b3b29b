import { fitLogistic } from '../../domain/learning/logistic.ts'
import { setupFeatureNames } from '../../domain/learning/setup-features.ts'
import { standardised, standardsOf } from '../../domain/learning/setup-model.ts'
import { UserError } from '../../errors.ts'
import type { SetupWeights } from '../../signals/setup-weights.ts'
import { type Example, forecastsOf, splitInTime, winRateOf } from './examples.ts'
import { type Judgement, judge } from './judgement.ts'

/** Under these nothing is learned and nothing judged. */
const least = { train: 200, holdout: 100 }

/** Keeps weights small that the examples do not ask for. */
const ridge = 1

/** A fitted filter and how it did on what was held out. */
export interface Fitted {
  readonly weights: SetupWeights
  readonly judgement: Judgement
}

/** Fits a filter to the earlier examples and judges it by the later ones. Throws UserError where there are too few of either. */
export function trainFilter(
  examples: readonly Example[],
  holdoutShare: number,
  about: Pick<SetupWeights['trained'], 'sources' | 'symbols' | 'market' | 'fee' | 'slippage'>,
): Fitted {
  const { train, holdout, cutMs } = splitInTime(examples, holdoutShare)
  for (const [name, part] of Object.entries({ train, holdout }))
    if (part.length < least[name as keyof typeof least])
      throw new UserError(
        `${part.length} setups to ${name === 'train' ? 'learn from' : 'hold out'}: it takes at least ${least[name as keyof typeof least]}; name more candles`,
      )
  const standards = standardsOf(train.map(({ features }) => features))
  const fitted = fitLogistic(
    train.map(({ features }) => standardised(features, standards)),
    train.map(({ won }) => won),
    ridge,
  )
  const model = fitted && { features: setupFeatureNames, ...standards, ...fitted }
  const judgement = model && judge(forecastsOf(model, holdout), winRateOf(train))
  if (model === undefined || judgement === undefined)
    throw new UserError('all of the setups won or none did: there is nothing to tell apart')
  const { bins: _, aucHigh: __, ...held } = judgement
  return {
    judgement,
    weights: {
      kind: 'bullpen-setup-filter',
      version: 1,
      features: [...model.features],
      means: [...model.means],
      scales: [...model.scales],
      weights: [...model.weights],
      intercept: model.intercept,
      trained: {
        from: iso(train[0]?.bornMs),
        to: iso(cutMs),
        setups: train.length,
        winRate: winRateOf(train),
        ...about,
      },
      holdout: { from: iso(cutMs), to: iso(holdout.at(-1)?.overMs), ...held },
    },
  }
}

function iso(ms = 0): string {
  return new Date(ms).toISOString()
}
