import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { Db } from '#db/client.ts'
import type { LibrarySecret } from './library.ts'

/**
 * Seals second factors and backup codes under the newest secret that an earlier one sealed, so that the earlier SECRET_KEY
 * may go. What none of them opens stays as it is: its owner needs an administrator.
 */
export async function sealCodesAnew(db: Db, secrets: readonly LibrarySecret[]): Promise<void> {
  const [newest] = secrets
  if (!newest || secrets.length < 2) return
  const key = {
    keys: new Map(secrets.map(({ version, value }) => [version, value])),
    currentVersion: newest.version,
  }
  const anew = async (data: string) => symmetricEncrypt({ key, data: await symmetricDecrypt({ key, data }) })
  const rows = await db
    .selectFrom('auth.twoFactor')
    .select(['id', 'secret', 'backupCodes'])
    .where('secret', 'not like', `$ba$${newest.version}$%`)
    .execute()
  for (const { id, secret, backupCodes } of rows) {
    const sealed = await Promise.all([anew(secret), anew(backupCodes)]).catch(() => undefined)
    if (!sealed) continue
    // A code that was used meanwhile has changed the row, and sealed it itself.
    await db
      .updateTable('auth.twoFactor')
      .set({ secret: sealed[0], backupCodes: sealed[1] })
      .where('id', '=', id)
      .where('secret', '=', secret)
      .where('backupCodes', '=', backupCodes)
      .execute()
  }
}
