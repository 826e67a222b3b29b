import { statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { timeframeMs } from '../../domain/candle.ts'
import type { Strategy } from '../../domain/strategies/strategy.ts'
import { UserError } from '../../errors.ts'
import { thrownText } from './thrown-text.ts'

const own = new URL('../../strategy.ts', import.meta.url).href
const timeframes = Object.keys(timeframeMs) as (keyof typeof timeframeMs)[]
const timeframe = z.enum(timeframes, `must be one of ${timeframes.join(', ')}`)
const count = (most: number) =>
  z
    .int(`must be a whole number from 1 to ${most}`)
    .min(1, `must be from 1 on`)
    .max(most, `must be at most ${most}`)
const callable = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function')

const shape = z.strictObject({
  name: z.string('must be a word').regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes'),
  timeframe,
  warmup: count(100_000),
  history: z.partialRecord(timeframe, count(10_000)).optional(),
  parameters: z.instanceof(z.ZodObject, { error: 'must be z.object({…}); z.object({}) for none' }),
  remember: callable.optional(),
  onCandle: callable,
})

/**
 * Loads the strategy that a file of the operator's exports by default. TypeScript runs as it is; `bullpen/strategy` is ours
 * wherever the file lies. Throws UserError of one line that names the file and what is wrong with it.
 */
export async function loadStrategyFile(path: string): Promise<Strategy> {
  const file = resolve(path)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) throw new UserError(`strategy ${path}: there is no such file`)
  const { href } = pathToFileURL(file)
  speakOurName(href)
  let exports: Readonly<Record<string, unknown>>
  try {
    exports = await import(href)
  } catch (error) {
    throw new UserError(`strategy ${path}: it cannot be loaded: ${thrownText(error, file)}`, { cause: error })
  }
  if (!('default' in exports))
    throw new UserError(
      `strategy ${path}: it has no default export; write export default defineStrategy({…})`,
    )
  const read = shape.safeParse(exports.default)
  if (read.success) return exports.default as Strategy
  const [issue] = read.error.issues
  const place = issue?.path.join('.')
  if (issue?.code === 'unrecognized_keys')
    throw new UserError(`strategy ${path}: ${place || 'a strategy'} has no ${issue.keys.join(', ')}`)
  if (!place) throw new UserError(`strategy ${path}: what it exports by default is no defineStrategy({…})`)
  throw new UserError(`strategy ${path}: ${place} ${issue?.message}`)
}

const known = new Set<string>()

/**
 * Teaches Node the name `bullpen/strategy`, for a file outside the project has no node_modules to find it in, and that
 * a strategy file and what it imports are modules, whatever package.json lies above them.
 */
function speakOurName(href: string): void {
  if (known.size === 0)
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === 'bullpen/strategy')
          return { url: own, format: 'module-typescript', shortCircuit: true }
        const resolved = next(specifier, context)
        const isTheirs = known.has(resolved.url) || known.has(context.parentURL ?? '')
        if (!isTheirs || !/\.ts$/.test(resolved.url) || resolved.url.includes('/node_modules/'))
          return resolved
        known.add(resolved.url)
        return { ...resolved, format: 'module-typescript' }
      },
    })
  known.add(href)
}
