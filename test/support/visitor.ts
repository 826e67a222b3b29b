import type { ProblemAnswer } from '#src/web/problem.ts'
import type { TestUser, TestWeb } from './web.ts'
import { password } from './web.ts'

/** What a request was answered. */
export interface Answered<T = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly body: T & Partial<ProblemAnswer>
}

/** Somebody with a browser: keeps its cookies and says where its requests come from. */
export class Visitor {
  readonly #web: TestWeb
  readonly #agent: string
  readonly cookies = new Map<string, string>()

  constructor(
    web: TestWeb,
    agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ) {
    this.#web = web
    this.#agent = agent
  }

  async ask<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`${this.#web.origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.#web.origin,
        'user-agent': this.#agent,
        ...(cookie && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    for (const each of response.headers.getSetCookie()) this.#keep(each)
    const text = await response.text()
    const said = text.startsWith('{') ? JSON.parse(text) : { text }
    return { status: response.status, headers: response.headers, body: said }
  }

  /** Posts to the ways in. Attempts of all tests come from one address, so what its limits counted is forgotten first. */
  async auth(path: string, body: unknown, headers?: Record<string, string>) {
    await this.#web.database.query('delete from auth."rateLimit"')
    return this.ask('POST', `/api/auth${path}`, body, headers)
  }

  api<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) {
    return this.ask<T>(method, `/api/v1${path}`, body, headers)
  }

  async signIn(user: Pick<TestUser, 'email'>, word = password) {
    return this.auth('/sign-in/email', { email: user.email, password: word })
  }

  #keep(header: string): void {
    const [pair = ''] = header.split(';')
    const [name = '', ...value] = pair.split('=')
    if (/max-age=0/i.test(header) || value.join('=') === '') this.cookies.delete(name)
    else this.cookies.set(name, value.join('='))
  }
}

/** Somebody who has just signed in. */
export async function visitorIn(web: TestWeb, user: Pick<TestUser, 'email'>): Promise<Visitor> {
  const visitor = new Visitor(web)
  const { status, body } = await visitor.signIn(user)
  if (status !== 200) throw new Error(`sign-in answered ${status}: ${body.detail}`)
  return visitor
}

/** Lets the last proof of every session be too old for what is dangerous. */
export async function letProofsAge(web: TestWeb): Promise<void> {
  await web.database.query(`update auth.session set "provenAt" = now() - interval '11 minutes'`)
}
