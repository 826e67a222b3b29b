/** A logistic regression: the log odds are intercept + Σ weight · feature. */
export interface Logistic {
  readonly intercept: number
  readonly weights: readonly number[]
}

const mostSteps = 50
const closeEnough = 1e-10

/**
 * Fits a logistic regression by Newton's method (iteratively reweighted least squares), with a ridge of `ridge`/2 · Σ w² on
 * the weights but not on the intercept; give it standardised features. Undefined when all labels are the same.
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  ridge: number,
): Logistic | undefined {
  const width = (rows[0]?.length ?? 0) + 1
  if (labels.every(Boolean) || !labels.some(Boolean)) return undefined
  let beta = new Array<number>(width).fill(0)
  for (let step = 0; step < mostSteps; step++) {
    const { gradient, curvature } = derivatives(rows, labels, beta, ridge)
    const change = solve(curvature, gradient)
    beta = beta.map((value, i) => value + (change[i] ?? 0))
    if (Math.max(...change.map(Math.abs)) < closeEnough) break
  }
  const [intercept = 0, ...weights] = beta
  return { intercept, weights }
}

/** The probability that the model gives a row. */
export function probabilityOf({ intercept, weights }: Logistic, row: readonly number[]): number {
  let odds = intercept
  for (let i = 0; i < weights.length; i++) odds += (weights[i] ?? 0) * (row[i] ?? 0)
  return 1 / (1 + Math.exp(-odds))
}

function derivatives(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  beta: readonly number[],
  ridge: number,
): { gradient: number[]; curvature: number[][] } {
  const width = beta.length
  const gradient = new Array<number>(width).fill(0)
  const curvature = gradient.map(() => new Array<number>(width).fill(0))
  const [intercept = 0, ...weights] = beta
  for (const [n, row] of rows.entries()) {
    const p = probabilityOf({ intercept, weights }, row)
    const off = (labels[n] ? 1 : 0) - p
    const weight = Math.max(1e-12, p * (1 - p))
    for (let i = 0; i < width; i++) {
      const x = i === 0 ? 1 : (row[i - 1] ?? 0)
      gradient[i] = (gradient[i] ?? 0) + off * x
      const line = curvature[i] as number[]
      for (let j = 0; j <= i; j++) line[j] = (line[j] ?? 0) + weight * x * (j === 0 ? 1 : (row[j - 1] ?? 0))
    }
  }
  for (let i = 0; i < width; i++) {
    const line = curvature[i] as number[]
    if (i > 0) {
      gradient[i] = (gradient[i] ?? 0) - ridge * (beta[i] ?? 0)
      line[i] = (line[i] ?? 0) + ridge
    }
    for (let j = 0; j < i; j++) (curvature[j] as number[])[i] = line[j] ?? 0
  }
  return { gradient, curvature }
}

/** Solves a symmetric, positive definite system by Cholesky's factors. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length
  const factor = matrix.map((row) => [...row])
  const out = [...right]
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] ?? 0
      for (let k = 0; k < j; k++) sum -= (factor[i]?.[k] ?? 0) * (factor[j]?.[k] ?? 0)
      const row = factor[i] as number[]
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[j]?.[j] ?? 1)
    }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) out[i] = (out[i] ?? 0) - (factor[i]?.[k] ?? 0) * (out[k] ?? 0)
    out[i] = (out[i] ?? 0) / (factor[i]?.[i] ?? 1)
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) out[i] = (out[i] ?? 0) - (factor[k]?.[i] ?? 0) * (out[k] ?? 0)
    out[i] = (out[i] ?? 0) / (factor[i]?.[i] ?? 1)
  }
  return out
}
