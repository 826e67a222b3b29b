import { Button, buttonLook } from '../parts/button.tsx'

/** Codes for when the phone is lost: shown once. */
export function BackupCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(
    `Backup codes for Bullpen at ${location.host}. Each signs you in once.\n\n${codes.join('\n')}\n`,
  )}`
  return (
    <div className="mt-2 space-y-3 text-sm">
      <p className="text-muted">
        Each of them signs you in once when your phone is lost. They are shown{' '}
        <strong>now and never again</strong>: keep them where your password is not.
      </p>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-1 rounded-lg bg-raised px-4 py-3 font-mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2 pt-1">
        <a href={file} download="bullpen-backup-codes.txt" className={buttonLook('plain')}>
          Save as a file
        </a>
        <Button look="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  )
}
