import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const kept = z.object({ email: z.string(), role: z.enum(['user', 'admin']), password: z.string() })

/** A sign-in of the demo as it was made. */
export type KeptSignIn = z.infer<typeof kept>

/** Keeps the demo's sign-ins beside its data, readable by its owner alone, so that every start can say them again. */
export function keepSignIns(home: string, signIns: readonly KeptSignIn[]): void {
  writeFileSync(fileIn(home), JSON.stringify(signIns), { mode: 0o600 })
}

/** The kept sign-ins; none where there is no demo. */
export function readSignIns(home: string): KeptSignIn[] {
  try {
    return z.array(kept).parse(JSON.parse(readFileSync(fileIn(home), 'utf8')))
  } catch {
    return []
  }
}

function fileIn(home: string): string {
  return path.join(home, 'demo-sign-in.json')
}
