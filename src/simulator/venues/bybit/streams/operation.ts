import type { StreamSocket } from '../../venue.ts'

const silenceMs = 600_000 // after so long without a word of the client the venue ends a connection

/** What a client asks of a connection. */
export interface Operation {
  readonly op: string
  readonly args: readonly string[]
  readonly requestId: string | undefined
}

/** Reads a frame of the client; undefined when it is none. */
export function readOperation(text: string): Operation | undefined {
  try {
    const { op, args = [], req_id: requestId } = JSON.parse(text)
    if (typeof op !== 'string' || !Array.isArray(args)) return undefined
    return { op, args: args.map(String), requestId: requestId === undefined ? undefined : String(requestId) }
  } catch {
    return undefined
  }
}

/** The venue's answer to an operation; `words` say why where it was not done. */
export function reply(
  connectionId: string,
  { op, requestId }: Pick<Operation, 'op' | 'requestId'>,
  { isDone, words }: { readonly isDone: boolean; readonly words: string },
): string {
  const id = requestId === undefined ? {} : { req_id: requestId }
  return JSON.stringify({ success: isDone, ret_msg: words, conn_id: connectionId, ...id, op })
}

/** Ends a connection whose client says nothing for ten minutes, in wall time. */
export function limitSilence(socket: StreamSocket): void {
  const start = () => setTimeout(() => socket.close(1000), silenceMs).unref()
  let timer = start()
  socket.onMessage(() => {
    clearTimeout(timer)
    timer = start()
  })
  socket.onClose(() => clearTimeout(timer))
}
