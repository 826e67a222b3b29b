/** Why titan is not there for a question. */
export type TitanFailure = 'timeout' | 'unreachable' | 'refused' | 'bad-answer' | 'budget'

/**
 * Titan gave no answer that can be used. The message is ours and holds neither what it said nor a key; `isTransient` when
 * asking again within the deadline may help.
 */
export class TitanUnavailable extends Error {
  override readonly name = 'TitanUnavailable'
  readonly failure: TitanFailure
  readonly isTransient: boolean

  constructor(
    failure: TitanFailure,
    message: string,
    options: { cause?: unknown; isTransient?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.failure = failure
    this.isTransient = options.isTransient ?? false
  }
}

/** Whether a status may be another one in a moment: 408, 425, 429 and what the server owns up to. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}
