import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** A call that the bot made. */
export interface BotCall {
  readonly method: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Telegram's Bot API over loopback, as far as the bot uses it: it holds questions for updates and honours their offset. */
export interface BotApi {
  readonly url: string
  readonly calls: readonly BotCall[]
  /** What it answers instead, by method. */
  failure: ((method: string) => { status: number; body: object } | undefined) | undefined
  /** A person writes; the id of the update, which may be sent again. */
  write(chatId: number, text: string, chat?: object): number
  /** A person presses a button of the bot. */
  press(chatId: number, data: string): number
  /** Sends an update again, as after an answer that was lost. */
  repeat(updateId: number): void
  /** What the bot said to a chat since the last time this was asked, once there is something. */
  said(chatId: number): Promise<BotCall['body'][]>
  forget(): void
}

/** Opens one for the calling test file, and closes it afterwards. */
export async function openBotApi(): Promise<BotApi> {
  const calls: BotCall[] = []
  const updates: { update_id: number }[] = []
  const waiting = new Set<() => void>()
  const told = new Map<number, number>()
  let lastId = 100
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const method = request.url?.split('/').at(-1) ?? ''
    const text = Buffer.concat(parts).toString('utf8')
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    const answer = (status: number, value: object) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    const failure = api.failure?.(method)
    if (failure) return answer(failure.status, failure.body)
    if (method !== 'getUpdates') {
      calls.push({ method, body })
      return answer(200, { ok: true, result: method === 'sendMessage' ? { message_id: calls.length } : true })
    }
    const fresh = () => updates.filter(({ update_id }) => update_id >= Number(body.offset ?? 0))
    if (fresh().length === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Number(body.timeout ?? 0) * 1_000)
        waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
        response.on('close', resolve)
      })
    answer(200, { ok: true, result: fresh() })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const add = (content: object): number => {
    lastId += 1
    updates.push({ update_id: lastId, ...content })
    for (const wake of waiting) wake()
    waiting.clear()
    return lastId
  }
  const personOf = (id: number) => ({ id, is_bot: false, first_name: `Person ${id}` })
  const api: BotApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    failure: undefined,
    write: (id, text, chat = {}) =>
      add({
        message: {
          message_id: lastId,
          date: 1,
          text,
          from: personOf(id),
          chat: { id, type: 'private', first_name: `Person ${id}`, ...chat },
        },
      }),
    press: (id, data) =>
      add({
        callback_query: {
          id: String(lastId),
          chat_instance: '1',
          data,
          from: personOf(id),
          message: { message_id: 1, date: 1, chat: { id, type: 'private', first_name: `Person ${id}` } },
        },
      }),
    repeat(updateId) {
      const update = updates.find(({ update_id }) => update_id === updateId)
      if (update) updates.push(update)
      for (const wake of waiting) wake()
      waiting.clear()
    },
    async said(chatId) {
      const of = () =>
        calls.filter(({ method, body }) => method === 'sendMessage' && Number(body.chat_id) === chatId)
      const known = told.get(chatId) ?? 0
      while (of().length <= known) await new Promise((resolve) => setTimeout(resolve, 20))
      const all = of()
      told.set(chatId, all.length)
      return all.slice(known).map(({ body }) => body)
    },
    forget() {
      calls.splice(0)
      told.clear()
    },
  }
  return api
}
