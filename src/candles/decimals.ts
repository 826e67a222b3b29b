const most = 12

/** The most digits after the point among the first `length` values, up to 12; at least `least`. */
export function decimalsOf(values: Float64Array, length: number, least = 0): number {
  let decimals = least
  for (let i = 0; i < length; i++) {
    const value = values[i] as number
    while (decimals < most && Math.round(value * 10 ** decimals) / 10 ** decimals !== value) decimals++
  }
  return decimals
}
