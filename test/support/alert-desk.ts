import type { AlertDesk } from '#src/alerts/desk.ts'

/** For a context whose jobs send no alerts. */
export async function noAlertDesk(): Promise<AlertDesk> {
  throw new Error('this test sends no alerts')
}
