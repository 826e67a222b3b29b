import { createHmac, timingSafeEqual } from 'node:crypto'
import { Failure, missing } from './failure.ts'
import type { Parameters } from './parameters.ts'

const signaturePattern = /(^|&)signature=[^&]*/

/**
 * Checks a signed request: HMAC-SHA256 of the query and the body as sent, one after the other and without the signature,
 * and a timestamp no more than 1 s ahead of the wall clock and no more than recvWindow behind it.
 */
export function checkSignature(
  request: { readonly query: string; readonly body: string },
  parameters: Parameters,
  secret: string,
  wallMs: number,
): void {
  const timestamp = parameters.findInteger('timestamp')
  if (timestamp === undefined) throw missing('timestamp')
  const recvWindow = Number(parameters.find('recvWindow') ?? 5000)
  if (!(recvWindow > 0)) throw new Failure(-1130, "Data sent for parameter 'recvWindow' is not valid.")
  if (recvWindow > 60_000) throw new Failure(-1131, 'recvWindow must be less than 60000')
  if (timestamp >= wallMs + 1000) {
    throw new Failure(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
  }
  if (wallMs - timestamp > recvWindow) {
    throw new Failure(-1021, 'Timestamp for this request is outside of the recvWindow.')
  }
  const given = parameters.text('signature')
  const payload = unsigned(request.query) + unsigned(request.body)
  const right = createHmac('sha256', secret).update(payload).digest()
  const sent = Buffer.from(given, 'hex')
  if (sent.length !== right.length || !timingSafeEqual(sent, right)) {
    throw new Failure(-1022, 'Signature for this request is not valid.')
  }
}

function unsigned(text: string): string {
  return text.includes('signature=') ? text.replace(signaturePattern, '') : text
}
