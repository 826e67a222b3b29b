import type { z } from 'zod'
import type { Db } from '#db/client.ts'
import type { Library } from './library.ts'

/** What an act knows besides its body. */
export interface Coming<B> {
  readonly db: Db
  readonly auth: Library
  /** Undefined where no mail can be sent. */
  readonly mailResetLink: ((userId: string) => void) | undefined
  /** Of the request, with the caller's address under `callerHeader`. */
  readonly headers: Headers
  /** Where the caller comes from, as far as proxies are trusted. */
  readonly address: string
  readonly body: B
}

/** An act of somebody who has no session yet, or proves one anew: POST under /api/auth. */
export interface Way<B extends z.ZodType = z.ZodType> {
  readonly path: string
  readonly body: B
  handle(coming: Coming<z.infer<B>>): Promise<object>
}

/** Declares an act; the identity with a type. */
export function way<B extends z.ZodType>(declared: Way<B>): Way<B> {
  return declared
}
