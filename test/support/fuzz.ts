import http from 'node:http'

/** A source of the same numbers for the same seed (mulberry32): from 0 up to and without 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A request as it goes over the wire. */
export interface Shot {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What came back; a request that the server cut, because it was no HTTP, has status 0. */
export interface Hit {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly ms: number
}

/** Sends a request that no library would: any method, header or path. Rejects when nothing comes within `patienceMs`. */
export function shoot(origin: string, shot: Shot, agent: http.Agent, patienceMs: number): Promise<Hit> {
  const { hostname, port } = new URL(origin)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, agent, method: shot.method, path: shot.path, headers: shot.headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
            ms: performance.now() - startedAt,
          }),
        )
        response.on('error', reject)
      },
    )
    request.setTimeout(patienceMs, () => request.destroy(new Error(`no answer within ${patienceMs} ms`)))
    request.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE'
        ? resolve({ status: 0, type: '', text: '', ms: performance.now() - startedAt })
        : reject(error),
    )
    request.end(shot.body)
  })
}

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** What the generator reads of an OpenAPI document. */
export interface Target {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

const junkTexts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '-0',
  '1e309',
  '-1e-309',
  'NaN',
  'Infinity',
  '9'.repeat(400),
  '0.'.padEnd(300, '1'),
  '1,5',
  '0x10',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200d\ufeff',
  '🦈'.repeat(50),
  'ß'.repeat(2_000),
  'a'.repeat(5_000),
  "' or 1=1; drop table users; --",
  '../../../etc/passwd',
  '%00',
  '%',
  '%E0%A4%A',
  '${7*7}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '[]',
  '2026-02-31',
  '2026-02-31T00:00:00Z',
  '0000-00-00',
  '0000-01-01',
  '-000001-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '+275760-09-13T00:00:00.001Z',
  'BTC/USDT',
  'BTC/USDT:USDT',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '{00000000-0000-4000-8000-000000000000}',
  Buffer.from('2026-02-30T00:00:00.000000Z 00000000-0000-4000-8000-000000000000').toString('base64url'),
  Buffer.from('2026-01-01T00:00:00.000000Z 9223372036854775808').toString('base64url'),
  Buffer.from('2026-01-01T00:00:00.000000Z 00000000-0000-4000-8000-000000000000').toString('base64url'),
]

const junkValues: readonly unknown[] = [
  ...junkTexts,
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 31,
  -(2 ** 63),
  [],
  {},
  [[]],
  [null],
  { __proto__: null, a: 1 },
  { toString: 1, valueOf: 2 },
  Array.from({ length: 300 }, (_, index) => index),
]

const rawBodies: readonly string[] = [
  '',
  '{',
  'null',
  '"text"',
  '1e999',
  '{"a":1,"a":2}',
  '{"__proto__":{"mode":"none"}}',
  '{"constructor":{"prototype":{"mode":"none"}}}',
  '{"mode":"\\u0000"}',
  '{"mode":"\\ud800"}',
  deep(50),
  deep(5_000),
  deep(40_000),
  `{"reason":"${'x'.repeat(99_000)}"}`,
  'x'.repeat(150_000),
  '\ufeff{}',
  '--a\r\ncontent-disposition: form-data; name="mode"\r\n\r\nnone\r\n--a--',
  'mode=none&mode=no_entries',
]

const contentTypes: readonly string[] = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json; charset=nonsense',
  'application/problem+json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=a',
  'application/octet-stream',
  '*/*',
  ';',
  '',
]

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND', 'LINK', 'REPORT']

/** Makes requests out of a document: some nearly right, most wrong in a way that somebody has thought of before. */
export class Fuzzer {
  readonly #random: () => number
  readonly #target: Target
  readonly #ids: readonly string[]
  readonly #operations: readonly { readonly path: string; readonly method: string; readonly own: Operation }[]

  /** `ids` are ones that there are, so that a request gets far enough to break something. */
  constructor(target: Target, ids: readonly string[], seed: number) {
    this.#random = randomOf(seed)
    this.#target = target
    this.#ids = ids
    this.#operations = Object.entries(target.paths)
      .filter(([path]) => path !== '/events')
      .flatMap(([path, own]) =>
        Object.entries(own).map(([method, operation]) => ({ path, method, own: operation })),
      )
  }

  /** The next request. `who` are headers of somebody who may ask. */
  next(origin: string, who: Readonly<Record<string, string>>): Shot {
    if (this.#chance(0.05)) return this.#elsewhere(origin, who)
    const { path, method, own } = this.#pick(this.#operations)
    const sent = this.#chance(0.9) ? method.toUpperCase() : this.#pick(methods)
    const body = sent === 'GET' || sent === 'HEAD' ? undefined : this.#body(own)
    return {
      method: sent,
      path: `/api/v1${this.#path(path)}${this.#query(own)}`,
      headers: {
        ...this.#headers(origin, who),
        ...(body !== undefined && { 'content-length': `${Buffer.byteLength(body)}` }),
      },
      ...(body !== undefined && { body }),
    }
  }

  /** What lies beside the API: pages, webhooks, the document. */
  #elsewhere(origin: string, who: Readonly<Record<string, string>>): Shot {
    const junk = encodeURIComponent(wellFormed(this.#pick(junkTexts))).slice(0, 4_000)
    const path = this.#pick([
      `/${junk}`,
      `/api/v1/${junk}`,
      `/api/v1//${junk}`,
      `/api/${junk}`,
      `/hooks/signals/${junk}`,
      `/assets/${junk}`,
      `/trades?${junk}=${junk}`,
      '/api/v1/%E0%A4%A',
      '/api/v1/../../etc/passwd',
      `/api/v1/orders/${'a/'.repeat(500)}`,
      '/api/openapi.json',
      '/api/docs',
    ])
    return { method: this.#pick(['GET', 'HEAD', 'OPTIONS']), path, headers: this.#headers(origin, who) }
  }

  #path(path: string): string {
    return path.replace(/\{(\w+)\}/g, () =>
      this.#chance(0.6)
        ? this.#pick(this.#ids)
        : encodeURIComponent(wellFormed(this.#pick(junkTexts))).slice(0, 4_000) || '%20',
    )
  }

  #query({ parameters = [] }: Operation): string {
    const parts: string[] = []
    for (const { name, in: place, schema } of parameters) {
      if (place !== 'query' || this.#chance(0.5)) continue
      const value = this.#chance(0.6) ? this.#plausible(schema) : this.#pick(junkTexts)
      const repeated = this.#chance(0.05) ? 2 : 1
      for (let n = 0; n < repeated; n += 1)
        parts.push(
          `${name}=${encodeURIComponent(wellFormed(typeof value === 'string' ? value : JSON.stringify(value))).slice(0, 3_000)}`,
        )
    }
    if (this.#chance(0.05))
      parts.push(this.#pick(['__proto__[a]=1', 'a[b]=c', '&&==', '%', 'limit', 'cursor=%00']))
    return parts.length === 0 ? '' : `?${parts.join('&')}`
  }

  #body({ requestBody }: Operation): string | Buffer | undefined {
    const schema = Object.values(requestBody?.content ?? {})[0]?.schema
    if (this.#chance(0.2)) return this.#pick(rawBodies)
    if (this.#chance(0.03)) return Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0x00, 0xc3, 0x28])
    if (schema === undefined) return this.#chance(0.5) ? undefined : JSON.stringify(this.#pick(junkValues))
    return JSON.stringify(this.#chance(0.1) ? this.#pick(junkValues) : this.#plausible(schema)) ?? 'null'
  }

  #headers(origin: string, who: Readonly<Record<string, string>>): Record<string, string> {
    const headers: Record<string, string> = { ...who, origin, 'content-type': 'application/json' }
    if (this.#chance(0.1)) headers['content-type'] = this.#pick(contentTypes)
    if (this.#chance(0.05)) headers['content-encoding'] = this.#pick(['gzip', 'br', 'deflate', 'nonsense'])
    if (this.#chance(0.2))
      headers['idempotency-key'] = this.#pick([
        'k1',
        'k2',
        '',
        ' ',
        'x'.repeat(128),
        'x'.repeat(5_000),
        'a b',
        '\u00ff',
      ])
    if (this.#chance(0.03))
      headers.accept = this.#pick(['', 'text/html', '*/*;q=nonsense', 'x'.repeat(3_000)])
    if (this.#chance(0.02)) headers['x-long'] = 'x'.repeat(this.#pick([8_000, 20_000]))
    if (this.#chance(0.02))
      headers.authorization = this.#pick(['Bearer', 'Bearer ', 'Bearer bp_x', 'Basic !!', 'x'.repeat(4_000)])
    if (this.#chance(0.02)) delete headers.origin
    return headers
  }

  /** A value that a schema would take, or one of its fields gone wrong. */
  #plausible(given: Schema, depth = 0): unknown {
    const schema = this.#resolved(given)
    if (depth > 4 || this.#chance(0.15)) return this.#pick(junkValues)
    const inner = schema.anyOf ?? schema.oneOf
    if (inner) return this.#plausible(this.#pick(inner), depth + 1)
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return this.#pick(schema.enum)
    const type = Array.isArray(schema.type) ? this.#pick(schema.type as readonly string[]) : schema.type
    if (type === 'object') {
      const fields = Object.entries(schema.properties ?? {}).filter(() => this.#chance(0.8))
      const made = Object.fromEntries(
        fields.map(([name, field]) => [name, this.#plausible(field, depth + 1)]),
      )
      return this.#chance(0.05) ? { ...made, [this.#pick(junkTexts)]: 1 } : made
    }
    if (type === 'array')
      return Array.from({ length: Math.floor(this.#random() * 4) }, () =>
        this.#plausible(schema.items ?? {}, depth + 1),
      )
    if (type === 'number' || type === 'integer') return this.#pick([0, 1, 2, 5, 0.5, 100, -1, 1e9, 1e300])
    if (type === 'boolean') return this.#chance(0.5)
    if (schema.format === 'uuid') return this.#pick(this.#ids)
    return this.#pick([
      'BTC/USDT',
      'name',
      '1',
      '67000.5',
      '2026-01-01',
      '2026-01-01T00:00:00Z',
      ...this.#ids.slice(0, 3),
    ])
  }

  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1)
    return (name !== undefined && this.#target.components?.schemas?.[name]) || schema
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T
  }
}

/** encodeURIComponent throws for half a surrogate pair; as bytes such text cannot be sent in an address anyway. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
