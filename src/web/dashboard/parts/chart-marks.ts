type Tone = 'up' | 'down' | 'warn' | 'accent' | 'plain'

/** A price that matters now, as a line across the chart; its name is unique in a chart. */
export interface PriceLevel {
  readonly name: string
  readonly price: number
  readonly tone: Tone
  readonly isDashed?: boolean
}

/** Something that happened at a moment of market time. */
export interface PriceMarker {
  readonly at: string
  readonly text: string
  readonly direction: 'buy' | 'sell'
  readonly tone: Tone
}

/** A price that moved in steps, such as a stop. */
export interface PriceSteps {
  readonly name: string
  readonly tone: Tone
  /** Market time. */
  readonly points: readonly { readonly at: string; readonly price: number }[]
}
