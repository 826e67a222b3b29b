import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

/** What the stub says to one question. `stall` sends the headers and half of the body, and then nothing more. */
export interface StubAnswer {
  readonly status?: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly stall?: boolean
}

/** A loopback server in a venue's place: it answers as the test says, and passes on what the test leaves alone. */
export interface VenueStub {
  readonly url: string
  /** Paths with their queries, in the order in which they were asked. */
  readonly asked: string[]
  /** The answer to a path; undefined passes the question on to the venue behind it. */
  answer: (path: string) => StubAnswer | undefined
  /** Ends every connection and takes no new one. */
  shut(): Promise<void>
}

/** Starts a stub in front of `venueUrl`; without one, what the test leaves alone is not found. It is closed after the file. */
export async function venueStub(venueUrl?: string): Promise<VenueStub> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/'
    stub.asked.push(path)
    const answer = stub.answer(path)
    if (answer) say(outgoing, answer)
    else void passOn(venueUrl, incoming).then((passed) => say(outgoing, passed))
  })
  const stub: VenueStub = {
    url: '',
    asked: [],
    answer: () => undefined,
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  Object.assign(stub, {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
  })
  afterAll(() => stub.shut())
  return stub
}

function say(outgoing: ServerResponse, { status = 200, body, headers, stall }: StubAnswer): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  if (stall) outgoing.write(body.slice(0, body.length / 2))
  else outgoing.end(body)
}

async function passOn(venueUrl: string | undefined, incoming: IncomingMessage): Promise<StubAnswer> {
  if (venueUrl === undefined) return { status: 404, body: '{}' }
  try {
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers
    const body = await text(incoming)
    const response = await fetch(new URL(incoming.url ?? '/', venueUrl), {
      method: incoming.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body !== '' && { body }),
    })
    return { status: response.status, body: await response.text() }
  } catch {
    return { status: 502, body: '{}' }
  }
}
