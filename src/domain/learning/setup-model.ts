import { probabilityOf } from './logistic.ts'
import { setupFeatureNames } from './setup-features.ts'

/** A fitted filter: standardised features, (x − mean)/scale, under a logistic regression. */
export interface SetupModel {
  readonly features: readonly string[]
  readonly means: readonly number[]
  readonly scales: readonly number[]
  readonly weights: readonly number[]
  readonly intercept: number
}

/** Mean and standard deviation of each column; 1 where a column never changes, so that it says nothing. */
export function standardsOf(rows: readonly (readonly number[])[]): {
  readonly means: readonly number[]
  readonly scales: readonly number[]
} {
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? 0))
  const means = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / column.length)
  const scales = columns.map((column, i) => {
    const mean = means[i] ?? 0
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length)
    return deviation > 1e-9 ? deviation : 1
  })
  return { means, scales }
}

/** A row with each feature in standard deviations from its mean. */
export function standardised(
  row: readonly number[],
  { means, scales }: Pick<SetupModel, 'means' | 'scales'>,
): number[] {
  return row.map((x, i) => (x - (means[i] ?? 0)) / (scales[i] ?? 1))
}

/** The probability that a setup with these features wins. */
export function setupProbability(model: SetupModel, features: readonly number[]): number {
  return probabilityOf(model, standardised(features, model))
}

/** What keeps a model from judging the setups of this build: the features it was made for. Undefined when it fits. */
export function misfitOf(features: readonly string[]): string | undefined {
  const wanted: readonly string[] = setupFeatureNames
  const missing = wanted.filter((name) => !features.includes(name))
  const strange = features.filter((name) => !wanted.includes(name))
  if (missing.length > 0) return `it was made without ${missing.join(', ')}`
  if (strange.length > 0) return `it was made with ${strange.join(', ')}, which this build does not know`
  if (features.some((name, i) => name !== wanted[i]) || features.length !== wanted.length)
    return 'its features are in another order'
  return undefined
}
