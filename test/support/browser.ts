import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))

/** Whether this machine has a Chromium; where it has none, the run says so once per file. */
export const hasBrowser = executablePath !== undefined
if (!hasBrowser) console.log('chromium is not installed: the browser half of these tests is not run')

/** A headless Chromium; whoever launches it closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
