const everyMs = 500
const linesEveryMs = 5_000

/** Where a long run is, on standard error: one line that is written over at a terminal, a line now and then in a file. */
export function backtestProgress() {
  const isTerminal = process.stderr.isTTY === true
  let saidMs = performance.now()
  let isOpen = false
  const end = () => {
    if (isOpen) process.stderr.write('\r\u001b[K')
    isOpen = false
  }
  return {
    /** Says a sentence of its own. */
    say(text: string): void {
      end()
      process.stderr.write(`${text}\n`)
    },
    at(timeMs: number, candles: number): void {
      const nowMs = performance.now()
      if (nowMs - saidMs < (isTerminal ? everyMs : linesEveryMs)) return
      saidMs = nowMs
      const text = `${new Date(timeMs).toISOString().slice(0, 10)} · ${candles.toLocaleString('en')} candles`
      process.stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`)
      isOpen = isTerminal
    },
    end,
  }
}
