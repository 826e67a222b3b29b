import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { misfitOf } from '../domain/learning/setup-model.ts'
import { messageOf, systemCode, UserError } from '../errors.ts'

const numbers = z.array(z.number())
const moment = z.iso.datetime()
const share = z.number().min(0).max(1)

/** The file of a fitted filter: the model, and what it was fitted on and judged by. */
const weights = z
  .strictObject({
    kind: z.literal('bullpen-setup-filter', 'is not the weights of an ML filter'),
    version: z.literal(1, 'is of a version that this build does not read'),
    features: z.array(z.string()),
    means: numbers,
    scales: numbers,
    weights: numbers,
    intercept: z.number(),
    /** Setups it was fitted on: born from `from` on, and over before `to`. */
    trained: z.strictObject({
      from: moment,
      to: moment,
      setups: z.int(),
      winRate: share,
      sources: z.array(z.string()),
      symbols: z.array(z.string()),
      market: z.enum(['spot', 'futures']),
      fee: z.number(),
      slippage: z.number(),
    }),
    /** Later ones it was judged by. */
    holdout: z.strictObject({
      from: moment,
      to: moment,
      setups: z.int(),
      winRate: share,
      auc: share,
      aucLow: z.number(),
      brier: z.number(),
      baseBrier: z.number(),
      calibrationError: z.number(),
    }),
  })
  .refine(
    ({ features, means, scales, weights }) =>
      [means, scales, weights].every((list) => list.length === features.length) &&
      scales.every((scale) => scale > 0),
    'has another number of means, scales or weights than of features, or a scale that is not above 0',
  )

export type SetupWeights = z.output<typeof weights>

/** Reads the weights of a filter; undefined where there is no file. Throws UserError of one line when they do not fit this build. */
export function readSetupWeights(path: string): SetupWeights | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  const read = weights.safeParse(jsonIn(path, text))
  if (!read.success) {
    const [issue] = read.error.issues
    throw new UserError(
      `${path}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}; fit it again: bullpen ml train`,
    )
  }
  const misfit = misfitOf(read.data.features)
  if (misfit !== undefined)
    throw new UserError(`${path} is refused: ${misfit}; fit it again: bullpen ml train`)
  return read.data
}

/** Writes weights. Throws UserError of one line. */
export function writeSetupWeights(path: string, fitted: SetupWeights): void {
  try {
    writeFileSync(path, `${JSON.stringify(weights.parse(fitted), undefined, 2)}\n`)
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

/** The filter that decisions ask: its weights, nothing where there is no file, or why what is there is refused. */
export type SetupFilter = { readonly weights: SetupWeights | undefined } | { readonly refused: string }

/** Keeps a filter up to date with its file: it is read again when the file has changed. `onChange` hears of each reading. */
export function followSetupWeights(path: string, onChange: (filter: SetupFilter) => void): () => SetupFilter {
  let stamp: string | undefined
  let filter: SetupFilter = { weights: undefined }
  return () => {
    const found = statSync(path, { throwIfNoEntry: false })
    const now = found === undefined ? 'none' : `${found.mtimeMs}/${found.size}`
    if (now === stamp) return filter
    stamp = now
    try {
      filter = { weights: readSetupWeights(path) }
    } catch (error) {
      filter = { refused: messageOf(error) }
    }
    onChange(filter)
    return filter
  }
}

function jsonIn(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UserError(`${path}: ${messageOf(error)}`, { cause: error })
  }
}
