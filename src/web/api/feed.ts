import { createHash } from 'node:crypto'
import type { Response } from 'express'
import type { Logger } from 'pino'

/** Bytes a connection may leave unread before it is dropped; the browser connects again by itself. */
const maxUnread = 2_000_000

/** One user's poll and the connections that share it. */
export class Feed {
  readonly #read: () => Promise<Record<string, unknown>>
  readonly #log: Logger
  readonly #everyMs: number
  readonly #connections = new Set<Response>()
  readonly #last = new Map<string, { hash: string; event: string }>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(read: () => Promise<Record<string, unknown>>, log: Logger, everyMs: number) {
    this.#read = read
    this.#log = log
    this.#everyMs = everyMs
    void this.#poll()
  }

  add(connection: Response): void {
    this.#connections.add(connection)
    for (const { event } of this.#last.values()) connection.write(event)
  }

  /** Returns how many connections remain; the poll ends with the last. */
  remove(connection: Response): number {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.close()
    return this.#connections.size
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const connection of this.#connections) connection.end()
  }

  async #poll(): Promise<void> {
    try {
      const answers = await this.#read()
      for (const [topic, answer] of Object.entries(answers)) this.#announce(topic, JSON.stringify(answer))
      this.#send(`event: tick\ndata: {}\n\n`)
    } catch (error) {
      // The page keeps what it has and says that it is not live; the next poll tries again.
      this.#log.warn({ err: error }, 'live updates could not be read')
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#poll(), this.#everyMs)
  }

  #announce(topic: string, json: string): void {
    const hash = createHash('sha1').update(json).digest('base64')
    if (this.#last.get(topic)?.hash === hash) return
    const event = `event: ${topic}\ndata: ${json}\n\n`
    this.#last.set(topic, { hash, event })
    this.#send(event)
  }

  #send(event: string): void {
    for (const connection of this.#connections) {
      if (connection.writableLength > maxUnread) connection.destroy()
      else connection.write(event)
    }
  }
}
