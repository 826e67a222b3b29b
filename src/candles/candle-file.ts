import { createReadStream, readFileSync } from 'node:fs'
import { createGunzip, gunzipSync } from 'node:zlib'
import { messageOf, UserError } from '../errors.ts'
import type { CandleBlock } from './candle-block.ts'
import { type CandleFormat, CandleParser } from './candle-parser.ts'

/** Bytes read at once: large enough that the reader is never the slow part. */
const chunkBytes = 1 << 18

/** Reads a whole file at once. Throws a UserError of one line when it cannot be read or a row is wrong. */
export function readCandleFile(path: string, format: CandleFormat): CandleBlock[] {
  const parser = new CandleParser(path, format)
  return [...parser.push(bytesOf(path)), ...parser.end()]
}

/** Streams a file block by block: what is in memory does not grow with the file. Throws as `readCandleFile` does. */
export async function* streamCandleFile(
  path: string,
  format: CandleFormat,
): AsyncGenerator<CandleBlock, void> {
  const parser = new CandleParser(path, format)
  const file = createReadStream(path, { highWaterMark: chunkBytes })
  const bytes = path.endsWith('.gz') ? unzipped(file) : file
  try {
    for await (const chunk of bytes) yield* parser.push(chunk as Uint8Array)
    yield* parser.end()
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(path, error)
  } finally {
    bytes.destroy()
    file.destroy()
  }
}

function unzipped(file: ReturnType<typeof createReadStream>) {
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  file.on('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}

function bytesOf(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path)
    return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): UserError {
  return new UserError(`${path}: cannot be read (${messageOf(cause)})`, { cause })
}
