import { z } from 'zod'

const frame = z.looseObject({
  method: z.string(),
  req_id: z.int().optional(),
  params: z
    .looseObject({
      channel: z.string().optional(),
      symbol: z.array(z.string()).optional(),
      token: z.string().optional(),
      snapshot: z.boolean().default(true),
      snap_orders: z.boolean().default(true),
      snap_trades: z.boolean().default(false),
      interval: z.int().default(1),
      depth: z.int().default(10),
    })
    .prefault({}),
})

/** A frame of a client. */
export type Frame = z.output<typeof frame>

/** Reads a frame; undefined when it is none. */
export function readFrame(text: string): Frame | undefined {
  try {
    return frame.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
