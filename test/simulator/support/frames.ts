import { WebSocket } from 'ws'

export type Frame = Record<string, unknown>

/** A WebSocket of a test: what it has been told, and what it waits for. */
export interface Frames {
  readonly all: readonly Frame[]
  send(frame: unknown): void
  /** The first frame, told already or to come, that is wanted. Throws when the connection ends without it. */
  find(isWanted: (frame: Frame) => boolean): Promise<Frame>
  /** Resolves with the close code when the venue ends the connection. */
  readonly closed: Promise<number>
  close(): void
}

/** Opens a connection to the simulator; `host` is the venue's, where it matters. */
export async function openFrames(url: string, path: string, host?: string): Promise<Frames> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers: host ? { host } : {} })
  const all: Frame[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of [...waiting]) each()
  }
  let code: number | undefined
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (given) => {
      code = given
      resolve(given)
      look()
    })
  })
  socket.on('message', (bytes) => {
    all.push(JSON.parse(String(bytes)))
    look()
  })
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    all,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    find: (isWanted) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = all.find(isWanted)
          if (found !== undefined) resolve(found)
          else if (code !== undefined) reject(new Error(`the connection ended with ${code}`))
          else return
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
    closed,
    close: () => socket.terminate(),
  }
}
