import { z } from 'zod'

/** A parameter that says how much a part counts, 0–1: at 0 the part is not asked at all. */
export function weight(value: number, part: string) {
  return z
    .number()
    .min(0)
    .max(1)
    .default(value)
    .meta({ description: `weight of ${part}; 0 switches it off`, part: true })
}

/** A parameter that is a ratio, 0–1. */
export function ratio(value: number, description: string) {
  return z.number().min(0).max(1).default(value).meta({ description })
}
