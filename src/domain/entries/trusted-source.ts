import { refusedSources, type Signal, sourceKind } from '../signal.ts'

/**
 * Why a signal's source is not acted on, or undefined when it is. Some sources are refused always. A built-in source must
 * be trusted by the operator and be among the user's; webhooks and strategies are the user's choice alone: 'webhook' covers
 * all of the user's own, anything that speaks to everyone is named in full.
 */
export function distrust(
  signal: Pick<Signal, 'source' | 'userId'>,
  trust: { readonly operator: readonly string[]; readonly user: readonly string[] },
): string | undefined {
  const { source, userId } = signal
  if (refusedSources.includes(source)) return `source ${source} is refused always`
  const kind = sourceKind(source)
  if (kind !== 'webhook' && kind !== 'strategy' && !trust.operator.includes(source))
    return `source ${source} is not trusted by the operator`
  const isChosen =
    source === 'webhook' ? userId !== null && trust.user.includes(source) : trust.user.includes(source)
  const isOwnWebhook = kind === 'webhook' && userId !== null && trust.user.includes('webhook')
  return isChosen || isOwnWebhook ? undefined : `source ${source} is not among the user's sources`
}
